import type { StudioMap } from "../../engine/engine.js";
import type { AnyMap } from "../store/maps.js";

/** A map that was made; undefined if it was refused, or is not there yet. */
export const madeMap = (found: AnyMap | undefined): StudioMap | undefined =>
  found && "grid" in found ? found : undefined;

/** A map that was made and shows something; undefined if it is 0 everywhere, too. */
export function tellingMap(found: AnyMap | undefined): StudioMap | undefined {
  const map = madeMap(found);
  return map?.blank ? undefined : map;
}
