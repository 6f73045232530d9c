import { COLOR_MAPS, type ColorMapName, enlarged, type PictureSize } from "@limn/core";
import { useMemo } from "react";
import type { StudioMap } from "../../engine/engine.js";
import { insideOf } from "../maps/inside.js";
import { madeMap } from "../maps/made-map.js";
import { iouWith, maskOf, type Region, shareIn } from "../maps/region.js";
import { useMap } from "../maps/use-maps.js";
import { zoomedAt } from "../maps/zoomed.js";
import { levelOf, scaleOf } from "../paint/paint.js";
import { Icon } from "../parts/Icon.js";
import { IconButton } from "../parts/IconButton.js";
import { Slider } from "../parts/Slider.js";
import { WHOLE } from "../store/look.js";
import { shownTarget, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";

const inPercent = (share: number) => `${Math.round(100 * share)} %`;

/** How the maps are looked at. */
export default function LookBar() {
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const bare = useStudio((studio) => studio.bare);
  const zoom = useStudio((studio) => studio.zoom);
  const { setLook, setZoom } = useStudio.getState();
  return (
    <fieldset className="look-bar" aria-label="Looks">
      <Slider name="Opacity" value={opacity} say={inPercent} onChange={(value) => setLook({ opacity: value })} />
      <div className="threshold">
        <Slider
          name="Threshold"
          value={threshold}
          max={0.95}
          say={(v) => `${inPercent(v)} of the largest value`}
          onChange={(value) => setLook({ threshold: value })}
        />
        <Inside />
      </div>
      <Marks />
      <Objects />
      <label className="look-choice">
        <span className="faint">Colors</span>
        <select
          className="input select"
          value={colors ?? "usual"}
          onChange={({ target: { value } }) =>
            setLook({ colors: value === "usual" ? undefined : (value as ColorMapName) })
          }
        >
          <option value="usual">usual</option>
          {COLOR_MAPS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="chip"
        aria-pressed={bothSigns}
        title="Show what speaks against the class too, in blue"
        onClick={() => setLook({ bothSigns: !bothSigns })}
      >
        For and against
      </button>
      <button
        type="button"
        className="chip"
        aria-pressed={bare}
        title="Show the photo without its maps"
        onClick={() => setLook({ bare: !bare })}
      >
        Photo only
      </button>
      <fieldset className="zoom" aria-label="Zoom">
        <IconButton
          icon="zoomOut"
          name="Zoom out"
          disabled={zoom.scale === 1}
          onClick={() => setZoom(zoomedAt(zoom, 1 / 1.5, zoom))}
        />
        <button type="button" className="button quiet" title="Show all of the photo" onClick={() => setZoom(WHOLE)}>
          <span>
            {Math.round(100 * zoom.scale)} %<span className="unseen">, show all of the photo</span>
          </span>
        </button>
        <IconButton icon="zoomIn" name="Zoom in" onClick={() => setZoom(zoomedAt(zoom, 1.5, zoom))} />
      </fieldset>
    </fieldset>
  );
}

/** How much of the first map lies above the threshold and in what is marked, and how well both fit. */
function Inside() {
  const threshold = useStudio((studio) => studio.threshold);
  const [method] = useStudio((studio) => studio.methods);
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const colors = useStudio((studio) => studio.colors);
  const region = useStudio((studio) => studio.region);
  const target = useStudio(shownTarget);
  const map = madeMap(useMap(method === undefined ? undefined : wishFor(method, { model, layer, bothSigns }), target));
  const inside = useMemo(() => {
    if (!map) return undefined;
    const level = threshold === 0 ? undefined : levelOf(scaleOf(map, { colors }), threshold);
    return {
      ...(level === undefined ? {} : insideOf(map.shown, level)),
      ...(region && photo ? against(region, map, photo.picture, level) : {}),
    };
  }, [map, photo, threshold, colors, region]);
  if (!inside) return <output className="faint small inside" />;
  const { mass, area, share, iou } = inside;
  const parts = [
    mass !== undefined && area !== undefined && `${inPercent(mass)} of the map in ${inPercent(area)} of the photo`,
    share !== undefined && `${inPercent(share)} of the map in the ${region?.kind}`,
    iou !== undefined && `IoU with the ${region?.kind} ${iou.toFixed(2)}`,
  ];
  return <output className="faint small inside">{parts.filter(Boolean).join(", ")}</output>;
}

const MARKS = { box: "Mark a box", outline: "Mark an outline" } as const;

/** Says whether dragging over a photo marks a part of it, and takes that away again. */
function Marks() {
  const region = useStudio((studio) => studio.region);
  const marking = useStudio((studio) => studio.marking);
  const { mark, setMarking } = useStudio.getState();
  return (
    <fieldset className="marks" aria-label="Mark by dragging">
      {(["box", "outline"] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          className="chip icon"
          aria-pressed={marking === kind}
          aria-label={MARKS[kind]}
          title={`${MARKS[kind]} by dragging over a photo, to compare the map with it`}
          onClick={() => setMarking(marking === kind ? undefined : kind)}
        >
          <Icon name={kind} />
        </button>
      ))}
      {region && <IconButton icon="close" name="Take the mark away" onClick={() => mark(undefined)} />}
    </fieldset>
  );
}

/** The things that are known to be on the photo, around one of which a box can be. */
function Objects() {
  const objects = useStudio(({ photo, objects }) => photo && objects.get(photo.handle));
  const region = useStudio((studio) => studio.region);
  const mark = useStudio((studio) => studio.mark);
  if (!objects || objects.length === 0) return null;
  return (
    <fieldset className="objects" aria-label="Box around">
      <span className="faint" aria-hidden="true">
        Box
      </span>
      {objects.map((object, i) => {
        const isChosen = region === object.region;
        return (
          <button
            key={`${object.name} ${i}`}
            type="button"
            className="chip"
            aria-pressed={isChosen}
            title={`Compare the map with the box around this ${object.name}`}
            onClick={() => mark(isChosen ? undefined : object.region)}
          >
            {object.name}
          </button>
        );
      })}
    </fieldset>
  );
}

/** How finely a map and a region are compared, along the photo's longer side. */
const FINE = 256;

/**
 * How well a map fits a region, as the map is drawn: one cell of a coarse map would be too large to compare.
 * @param level above which the map is compared with all of the box; undefined for no such comparison
 */
function against(region: Region, { shown, view }: StudioMap, { width, height }: PictureSize, level?: number) {
  const unit = FINE / Math.max(width, height);
  const size = { width: Math.max(1, Math.round(width * unit)), height: Math.max(1, Math.round(height * unit)) };
  const photo = { x: 0, y: 0, width, height };
  const fine = { data: enlarged(shown, view, photo, size) };
  const mask = maskOf(region, photo, size);
  return {
    share: shareIn(fine, mask),
    ...(level === undefined ? {} : { iou: iouWith(fine, mask, level) }),
  };
}
