import { LimnError, type Localization, layersOf, localizationOf } from "@limn/core";
import type { PictureExplainer, PictureExplanation, PictureMap } from "./picture-explainer.js";

/** A stage of a network: the last activation of a resolution. */
export interface SweepStage {
  readonly name: string;
  readonly tensor: string;
  /** How deep it lies: the share of weighted layers up to it, 0 to 1. */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
}

/** One map of a sweep. */
export interface SweepCell {
  readonly map: PictureMap;
  /** How well the map finds the object; undefined if no object is given, or the map is blank. */
  readonly localization: Localization | undefined;
}

/** The maps of one method. */
export interface SweepRow {
  /** What the user called the method. */
  readonly name: string;
  /** One per stage; undefined if the model can't have the map. */
  readonly cells: readonly (SweepCell | undefined)[];
}

/** The maps for one class. */
export interface SweepBlock {
  readonly explanation: PictureExplanation;
  readonly rows: readonly SweepRow[];
}

/** The maps of several methods at every stage of a network, for one picture. */
export interface DepthSweep {
  readonly stages: readonly SweepStage[];
  readonly blocks: readonly SweepBlock[];
}

/**
 * Arranges explanations as a grid: a row per method, a column per stage.
 * @param explainer opened with `layers: ["stages"]`
 * @param explanations of one picture, one per class
 * @param object an object's pixels, [height, width] of 0 and 1, as `objectMask` gives them. If it is given, each map is
 *   measured by how well it finds the object; only the part above zero of signed maps counts, which speaks for the class.
 * @example
 * const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime(), { layers: ["stages"] });
 * const explanations = await explainer.explain("scene.png");
 * await saveSweep(explainer, await sweepOf(explainer, explanations), { folder: "limn-out" });
 * @throws LimnError `not-applicable` for a network without stages
 */
export async function sweepOf(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
  object?: Uint8Array,
): Promise<DepthSweep> {
  const stages = stagesOf(explainer);
  const blocks: SweepBlock[] = [];
  for (const explanation of explanations) {
    const rows: SweepRow[] = [];
    for (const name of new Set(explanation.maps.map(({ request }) => request.name))) {
      const cells: (SweepCell | undefined)[] = [];
      for (const stage of stages) {
        const map = explanation.maps.find(
          ({ request }) => request.name === name && request.layer?.stage === stage.name,
        );
        cells.push(map && { map, localization: object && (await measured(explainer, explanation, map, object)) });
      }
      rows.push({ name, cells });
    }
    blocks.push({ explanation, rows });
  }
  return { stages, blocks };
}

function stagesOf({ classifier }: PictureExplainer): SweepStage[] {
  const stages = layersOf(classifier).flatMap(({ stage, tensor, depth, shape }) => {
    const [height = 1, width = 1] = shape.slice(2);
    return stage === undefined ? [] : [{ name: stage, tensor, depth, height, width }];
  });
  if (stages.length > 0) return stages;
  throw new LimnError(
    "not-applicable",
    "the model has no activation with spatial extent, so it has no stages to sweep; use `limn explain` with a method that needs no layer, such as saliency",
  );
}

async function measured(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  map: PictureMap,
  object: Uint8Array,
): Promise<Localization | undefined> {
  if (map.diagnosis) return undefined;
  const { data } = await explainer.place(map, explanation);
  return localizationOf(map.request.signed ? data.map((v) => Math.max(v, 0)) : data, object);
}
