import { useMemo } from "react";
import type { MapWish } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { differenceOf } from "../maps/difference.js";
import { useMap } from "../maps/use-maps.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName, strongestAt } from "../words/map-name.js";
import { Scale } from "./Scale.js";

interface DifferenceCellProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly target: number;
  readonly other: number;
  readonly title: "method" | "class" | "both";
}

/** What the map of one class shows more than that of another, each divided by its own largest value. */
export function DifferenceCell({ photo, wish, target, other, title }: DifferenceCellProps) {
  const model = useStudio((studio) => studio.model);
  const a = useMap(wish, target);
  const b = useMap(wish, other);
  const map = useMemo(() => {
    const areMade = a && b && "grid" in a && "grid" in b && !a.blank && !b.blank;
    return areMade ? differenceOf(a, b) : undefined;
  }, [a, b]);
  const [one, two] = [labelOf(model, target), labelOf(model, other)];
  const name = map
    ? `${methodName(wish.method)} for ${one} minus that for ${two}, more for ${one} ${strongestAt(map.grid)}`
    : `${one} minus ${two}, not made yet`;
  return (
    <figure className="cell">
      <MapCanvas photo={photo} map={map} name={name} stale={!map} />
      <figcaption>
        <div className="cell-title">
          <span className="cell-name">
            {one} − {two}
          </span>
          <span className="faint">{title === "both" ? methodName(wish.method) : "difference"}</span>
        </div>
        {map && <Scale map={map} />}
      </figcaption>
    </figure>
  );
}
