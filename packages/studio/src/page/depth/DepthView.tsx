import { type CSSProperties, useMemo } from "react";
import type { StudioLayer } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { tellingMap } from "../maps/made-map.js";
import { useMap, useMaps, type Wanted } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import { Slider } from "../parts/Slider.js";
import type { StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { askedTarget, labelOf, shownTarget, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { Looks } from "../why/Looks.js";
import { MapCell } from "../why/MapCell.js";
import { PhotoCell } from "../why/PhotoCell.js";
import { Tiles } from "../why/Tiles.js";
import { mapName, methodName } from "../words/map-name.js";
import "./depth.css";

/** Where in the network: a map at every stage, from the photo to the classes. */
export default function DepthView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  return model && photo ? <Depth model={model} photo={photo} /> : null;
}

function Depth({ model, photo }: { readonly model: StudioModel; readonly photo: Photo }) {
  const chosen = useStudio(({ methods }) => methods[0]);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const target = useStudio(shownTarget);
  const asked = useStudio(askedTarget);
  const { chooseLayer, chooseMethod } = useStudio.getState();
  const stages = useMemo(() => model.layers.filter(({ stage }) => stage !== undefined), [model]);
  const layered = useMemo(
    () =>
      model.methods.filter(({ usesLayer, refused, manyRuns }) => usesLayer === true && refused === null && !manyRuns),
    [model],
  );
  const method = layered.some((one) => one.method === chosen) ? chosen : layered[0]?.method;
  const wishes = useMemo(
    () => (method === undefined ? [] : stages.map(({ stage }) => wishFor(method, { model, layer: stage, bothSigns }))),
    [model, stages, method, bothSigns],
  );
  const wanted = useMemo((): Wanted[] => {
    const targets = [target, asked].filter((one) => one !== undefined);
    return targets.map((one) => ({ wishes, targets: [one] }));
  }, [wishes, target, asked]);
  useMaps(wanted);
  useShown(
    target === undefined ? [] : [{ kind: "photo" }, ...wishes.map((wish) => ({ kind: "map" as const, wish, target }))],
  );

  const at = indexOf(stages, layer);
  const wish = wishes[at];
  if (!wish || target === undefined) return <p className="faint">No method of this model is made at a layer.</p>;
  const nameOf = (index: number) => stages[index]?.stage ?? "";
  return (
    <>
      <header className="question">
        <h1>
          Where does <em>{labelOf(model, target)}</em> come from?
        </h1>
        <p className="faint">{sizeOf(stages[at])}</p>
      </header>
      <fieldset className="method-bar" aria-label="Methods">
        {layered.map((one) => (
          <button
            key={one.method}
            type="button"
            className="chip"
            aria-pressed={one.method === method}
            title={one.summary}
            onClick={() => chooseMethod(one.method)}
          >
            {methodName(one.method)}
          </button>
        ))}
      </fieldset>
      <Tiles shape={photo.picture.width / photo.picture.height} photo={<PhotoCell photo={photo} />}>
        {[<MapCell key="map" photo={photo} wish={wish} target={target} title="method" />]}
      </Tiles>
      <div className="depth" style={{ "--stages": stages.length } as CSSProperties}>
        <ol className="stages">
          {stages.map(({ stage }, i) => (
            <li key={stage} data-chosen={i === at || undefined}>
              <button type="button" tabIndex={-1} aria-label={`Show ${stage}`} onClick={() => chooseLayer(stage)}>
                <StageMap photo={photo} wish={wishes[i] as (typeof wishes)[number]} target={target} />
                {stage}
              </button>
            </li>
          ))}
        </ol>
        <Slider
          name="Stage"
          nameUnseen
          value={at}
          max={stages.length - 1}
          step={1}
          say={nameOf}
          onChange={(index) => chooseLayer(stages[index]?.stage)}
        />
      </div>
      <Looks />
    </>
  );
}

interface StageMapProps {
  readonly photo: Photo;
  readonly wish: Parameters<typeof useMap>[0];
  readonly target: number;
}

function StageMap({ photo, wish, target }: StageMapProps) {
  const model = useStudio((studio) => studio.model);
  const found = useMap(wish, target);
  const map = tellingMap(found);
  const label = labelOf(model, target);
  return (
    <MapCanvas
      small
      photo={photo}
      map={map}
      stale={!found}
      name={map ? mapName(map.wish.method, label, map.grid) : "not made yet"}
    />
  );
}

/** The stage of a layer; that of the default layer, or the last one, if none is chosen. */
function indexOf(stages: readonly StudioLayer[], layer: string | undefined): number {
  const chosen = stages.findIndex(({ stage, tensor }) => layer !== undefined && (stage === layer || tensor === layer));
  if (chosen >= 0) return chosen;
  const usual = stages.findIndex(({ isDefault }) => isDefault);
  return usual >= 0 ? usual : stages.length - 1;
}

function sizeOf(layer: StudioLayer | undefined): string {
  if (!layer) return "";
  const [, channels, height, width] = layer.shape;
  return `${layer.stage}: ${height} × ${width} places, ${channels} channels, ${Math.round(100 * layer.depth)} % of the way`;
}
