import { useMemo } from "react";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { differenceOf } from "../maps/difference.js";
import type { AnyMap } from "../store/maps.js";
import type { Photo } from "../store/photos.js";
import { strongestAt } from "../words/map-name.js";
import { Scale } from "./Scale.js";

interface DifferenceCellProps {
  readonly photo: Photo;
  readonly a: AnyMap | undefined;
  readonly b: AnyMap | undefined;
  /** What both maps are called, in a word or two. */
  readonly names: readonly [a: string, b: string];
  /** What both maps are, such as "Grad-CAM". */
  readonly what: string;
  /** What is said next to its name. Default: that it is a difference. */
  readonly note?: string;
}

/** What one map shows more than another, each divided by its own largest value. */
export function DifferenceCell({ photo, a, b, names: [one, two], what, note = "difference" }: DifferenceCellProps) {
  const map = useMemo(() => {
    const areMade = a && b && "grid" in a && "grid" in b && !a.blank && !b.blank;
    return areMade ? differenceOf(a, b) : undefined;
  }, [a, b]);
  const areDone = a !== undefined && b !== undefined;
  const name = map
    ? `${what} for ${one} minus that for ${two}, more for ${one} ${strongestAt(map.grid)}`
    : `${one} minus ${two}, ${areDone ? "not there" : "not made yet"}`;
  return (
    <figure className="cell">
      <MapCanvas photo={photo} map={map} name={name} stale={!areDone} />
      <figcaption>
        <div className="cell-title">
          <span className="cell-name">
            {one} − {two}
          </span>
          <span className="faint">{note}</span>
        </div>
        {map && <Scale map={map} />}
      </figcaption>
    </figure>
  );
}
