import { useEffect, useRef } from "react";
import type { MapWish, StudioMap } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { madeMap } from "../maps/made-map.js";
import { useMadeMaps, useMap } from "../maps/use-maps.js";
import type { StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { mapName, methodName } from "../words/map-name.js";
import { CellNote } from "./CellNote.js";
import { Scale } from "./Scale.js";
import { Working } from "./Working.js";

interface MapCellProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly target: number;
  /** What tells it from its neighbors. */
  readonly title: "method" | "class" | "both" | "model";
  /** Default: the model that is open. */
  readonly by?: StudioModel;
  /** Classes that may be asked about next, in its place. */
  readonly next?: readonly number[];
}

/** A map with its name and its scale. While it is made, the one that was there before stays. */
export function MapCell({ photo, wish, target, title, by, next = NONE }: MapCellProps) {
  const open = useStudio((studio) => studio.model);
  const model = by ?? open;
  const found = useMap(wish, target, model);
  const map = madeMap(found);
  const before = useRef<{ photo: Photo; map: StudioMap } | undefined>(undefined);
  useEffect(() => {
    if (map) before.current = { photo, map };
  }, [photo, map]);
  const old = !found && before.current?.photo === photo ? before.current.map : undefined;
  const ahead = useMadeMaps(wish, next);
  const label = labelOf(model, target);
  const method = methodName(wish.method);
  const place = layerName(map, model?.layers ?? []);
  const name = map ? mapName(wish.method, label, map.grid) : `${method} for ${label}, not made yet`;
  const titles = { method, class: label, both: label, model: model?.name };
  const refusal = found && "refused" in found ? found.refused : map?.blank;
  return (
    <figure className="cell">
      <div className="cell-picture">
        <MapCanvas photo={photo} map={map?.blank ? undefined : (map ?? old)} name={name} stale={!found} ahead={ahead} />
        {!found && <Working wish={wish} />}
        {refusal && <CellNote>{refusal}</CellNote>}
      </div>
      <figcaption>
        <div className="cell-title">
          <span className="cell-name">{titles[title]}</span>
          <span className="faint">{title === "both" ? method : place}</span>
        </div>
        {map && !map.blank && <Scale map={map} />}
      </figcaption>
    </figure>
  );
}

const NONE: readonly number[] = [];

/** Where a map was made, in a word. */
function layerName(
  map: StudioMap | undefined,
  layers: readonly { tensor: string; stage: string | undefined }[],
): string {
  if (!map) return "";
  if (map.layer === undefined) return `${map.grid.width} × ${map.grid.height}`;
  return layers.find(({ tensor }) => tensor === map.layer)?.stage ?? map.layer;
}
