import { LimnError } from "@limn/core";
import * as v from "valibot";
import { maskOfPolygons } from "./polygons.js";
import { decodeRuns, maskOfRuns } from "./run-length.js";

const polygon = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(6, "a polygon has three points at least"));

const whole = v.pipe(v.number(), v.safeInteger());

const segmentation = v.union([
  v.pipe(v.array(polygon), v.nonEmpty()),
  // one polygon without the list around it
  v.pipe(
    polygon,
    v.transform((points) => [points]),
  ),
  v.object({ size: v.strictTuple([whole, whole]), counts: v.union([v.string(), v.array(whole)]) }),
]);

/** Whether an annotation says which pixels are its own. */
export const isSegmented = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null;

/**
 * The mask that COCO's `segmentation` describes by polygons, or by run lengths as numbers or text.
 * @param name what messages call it
 * @returns [height, width] of the picture, 1 inside
 * @throws LimnError `bad-input` if it is neither, or does not have the picture's size
 */
export function maskOfSegmentation(value: unknown, width: number, height: number, name: string): Uint8Array {
  const fail = (reason: string): never => {
    throw new LimnError("bad-input", `${name}: ${reason}`);
  };
  const { success, output: data } = v.safeParse(segmentation, value);
  if (!success) return fail("its segmentation is neither polygons of three points or more nor run lengths; correct it");
  if (Array.isArray(data)) return maskOfPolygons(data, width, height);
  const [h, w] = data.size;
  if (h !== height || w !== width) {
    return fail(`its mask has ${w}x${h} pixels, but its picture has ${width}x${height}; correct one of them`);
  }
  const runs = typeof data.counts === "string" ? decodeRuns(data.counts) : data.counts;
  const mask = runs && maskOfRuns(runs, width, height);
  return mask ?? fail(`its run lengths do not fill ${width}x${height} pixels; they are cut off or damaged`);
}
