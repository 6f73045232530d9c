import type { PictureMap } from "../picture-explainer.js";

/** The largest difference of maps that count as the same, as a share of their largest value. */
const SAME = 1e-3;

/** Maps that show the same, up to a factor and a ReLU. */
export interface SameMaps {
  /** The one that shows most: with values of both signs, if there is one. */
  readonly shown: PictureMap;
  readonly others: readonly PictureMap[];
}

/**
 * Gathers the maps that are the same once each is divided by its largest value, as those of CAM, Grad-CAM and HiResCAM are
 * where a network ends in global average pooling and one fully connected layer:
 *
 *   max | A / max A - B / max B | <= 1e-3      both rectified, if one of the methods rectifies its maps
 *
 * Blank maps are the same as none.
 * @returns in the order of the first of each
 */
export function sameMaps(maps: readonly PictureMap[]): SameMaps[] {
  const groups: PictureMap[][] = [];
  for (const map of maps) {
    const group = groups.find((group) => group.every((other) => areSame(other, map)));
    if (group) group.push(map);
    else groups.push([map]);
  }
  return groups.map((group) => {
    const shown = group.find(({ request }) => request.signed) ?? (group[0] as PictureMap);
    return { shown, others: group.filter((map) => map !== shown) };
  });
}

function areSame(a: PictureMap, b: PictureMap): boolean {
  if (a.diagnosis || b.diagnosis || a.raw.shape.join() !== b.raw.shape.join()) return false;
  const [most, mostOfOther] = [largest(a.raw.values), largest(b.raw.values)];
  if (!(most > 0) || !(mostOfOther > 0)) return false;
  const signed = a.request.signed && b.request.signed;
  const counted = (v: number) => (signed ? v : Math.max(v, 0));
  return a.raw.values.every(
    (v, i) => Math.abs(counted(v) / most - counted(b.raw.values[i] as number) / mostOfOther) <= SAME,
  );
}

const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, v), 0);
