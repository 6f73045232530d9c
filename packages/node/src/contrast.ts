import { contrast, type Diagnosis, symptomOf } from "@limn/core";
import type { PictureExplanation, PictureMap } from "./picture-explainer.js";

/** What the maps of one class show more than those of another, for one picture. */
export interface PictureContrast {
  readonly first: PictureExplanation;
  readonly second: PictureExplanation;
  /** The difference of each pair of maps, as core's `contrast` takes it: -2 to 2, in the map's own shape. */
  readonly maps: readonly PictureMap[];
}

/**
 * The difference of the maps of two classes.
 * @param explanations of one picture, one per class
 * @returns undefined for one class, or more than two
 */
export function contrastOf(explanations: readonly PictureExplanation[]): PictureContrast | undefined {
  const [first, second, third] = explanations;
  if (!first || !second || third) return undefined;
  return { first, second, maps: first.maps.map((map, i) => difference(map, second.maps[i] as PictureMap)) };
}

function difference(first: PictureMap, second: PictureMap): PictureMap {
  const values = contrast(first.raw.values, second.raw.values);
  const request = { ...first.request, signed: true };
  return {
    request,
    raw: { ...first.raw, request, values, indicators: [] },
    diagnosis: diagnosisOf(values, first, second),
  };
}

function diagnosisOf(values: Float32Array, first: PictureMap, second: PictureMap): Diagnosis | undefined {
  const symptom = symptomOf(values);
  if (!symptom) return undefined;
  const blank = [first, second].filter(({ diagnosis }) => diagnosis).length;
  const reason = ["the maps of both classes are the same", "the map of one class is blank", "both maps are blank"][
    blank
  ];
  return { symptom, tensor: undefined, message: `${reason}, so there is no difference to show` };
}
