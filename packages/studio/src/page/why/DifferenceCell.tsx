import { contrast } from "@limn/core";
import { useMemo } from "react";
import type { MapWish } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { useMap } from "../maps/use-maps.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName, strongestAt } from "../words/map-name.js";
import { Scale } from "./Scale.js";

interface DifferenceCellProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly first: number;
  readonly second: number;
}

/** What the map of one class shows more than that of another, each divided by its own largest value. */
export function DifferenceCell({ photo, wish, first, second }: DifferenceCellProps) {
  const model = useStudio((studio) => studio.model);
  const a = useMap(wish, first);
  const b = useMap(wish, second);
  const map = useMemo(() => {
    if (!a || !b || !("grid" in a) || !("grid" in b) || a.blank || b.blank) return undefined;
    const differenceOf = (p: typeof a.grid, q: typeof a.grid) => ({ ...p, data: contrast(p.data, q.data) });
    return {
      ...a,
      grid: differenceOf(a.grid, b.grid),
      shown: differenceOf(a.shown, b.shown),
      signed: true,
      onPaper: a.signed,
      floating: false,
    };
  }, [a, b]);
  const [one, other] = [labelOf(model, first), labelOf(model, second)];
  const name = map
    ? `${methodName(wish.method)} for ${one} minus that for ${other}, more for ${one} ${strongestAt(map.grid)}`
    : `${one} minus ${other}, not made yet`;
  return (
    <figure className="cell">
      <MapCanvas photo={photo} map={map} name={name} stale={!map} />
      <figcaption>
        <div className="cell-title">
          <span className="cell-name">
            {one} − {other}
          </span>
          <span className="faint">difference</span>
        </div>
        {map && <Scale map={map} />}
      </figcaption>
    </figure>
  );
}
