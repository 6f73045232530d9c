import {
  adviceOn,
  type Combination,
  channelAxisOf,
  type Explained,
  type Explanation,
  type ExplanationMap,
  explainedOf,
  gridOf,
  isRegression,
  LimnError,
  type MapPlacer,
  nameOfExplained,
  pixelwiseOf,
  type Rectangle,
  type Runtime,
  symptomOf,
  type TensorValue,
} from "@limn/core";
import type { Call, ExplainedClass, MapWish, RefusedMap, StudioMap } from "./engine.js";
import { type Explainers, type Run, takesMany } from "./explainers.js";
import type { OpenModel } from "./open-model.js";
import type { Troubles } from "./troubles.js";

const NO_TROUBLES: Troubles = { blank: undefined, cautions: [] };

/** A picture as a model takes it. */
export interface PreparedPicture {
  readonly tensor: TensorValue;
  /** The part of the picture that the tensor shows, in the picture's pixels. */
  readonly view: Rectangle;
}

/** What maps are made with. */
export interface Tools {
  readonly runtime: Runtime;
  readonly explainers: Explainers;
  /** Opens it, unless it is open. */
  placer(): Promise<MapPlacer>;
}

/** The maps of one class, and the run that it comes from. */
export interface Made {
  readonly explained: ExplainedClass;
  readonly explanation: Explanation;
}

/**
 * Makes maps of one picture, for each target all of them: those of one run together, for all classes at once.
 * @throws LimnError `bad-option` for targets that the model lacks
 */
export async function explainPicture(
  model: OpenModel,
  picture: PreparedPicture,
  wishes: readonly MapWish[],
  targets: readonly (number | string)[],
  tools: Tools,
  { signal, onStep }: Call,
): Promise<Made[]> {
  const wanted = targets.flatMap((target) => wantedOf(target, model));
  const classes = wanted.filter((one) => typeof one === "number");
  const quick = wishes.filter((wish) => !takesMany(wish));
  const slow = wishes.filter(takesMany);
  const steps = { done: 0, total: wanted.length * Math.max(1, slow.length) };
  const run = (some: readonly MapWish[], of: readonly number[] | Combination): Promise<Run> => {
    signal?.throwIfAborted();
    const watch = {
      ...(signal ? { signal } : {}),
      onProgress: ({ map, done, total }: { map: { name: string }; done: number; total: number }) =>
        onStep?.({ doing: `making ${map.name}`, done: steps.done + done / total, total: steps.total }),
    };
    return tools.explainers.run(model, some, picture.tensor, of, watch);
  };
  const together = quick.length > 0 || slow.length === 0 ? classes.length > 0 && (await run(quick, classes)) : false;
  const results: Made[] = [];
  let next = 0;
  for (const one of wanted) {
    const ofClass = typeof one === "number";
    const index = ofClass ? next++ : 0;
    const first = ofClass ? together : await run(quick, one);
    const parts: (readonly [MapWish, string | ExplanationMap, Explanation])[] = [];
    if (first) parts.push(...madeIn(first, quick, index));
    for (const wish of slow) {
      parts.push(...madeIn(await run([wish], ofClass ? [one] : one), [wish], 0));
      steps.done++;
    }
    const [, , explanation] = parts[0] ?? [];
    const of = explanation ?? (first ? first.explanations[index] : undefined);
    if (!of) continue;
    results.push({ explained: await explainedClass(model, picture, wishes, parts, of, tools), explanation: of });
  }
  return results;
}

/** What a person, or the page, asks to be explained. */
function wantedOf(target: number | string, { classifier, labels }: OpenModel): Explained[] {
  if (typeof target === "string") return explainedOf(target, classifier.classes, labels.labels);
  if (Number.isInteger(target) && target >= -1 && target < classifier.classes) return [target];
  throw new LimnError(
    "bad-option",
    `target ${target}: the model has ${classifier.classes} classes, 0 to ${classifier.classes - 1} (-1 stands for the predicted one)`,
  );
}

/** For each wish its map of one class, or why there is none. */
function madeIn({ explanations, places }: Run, wishes: readonly MapWish[], index: number) {
  const explanation = explanations[index] as Explanation;
  return wishes.map((wish, i) => {
    const place = places[i] as number | string;
    const made = typeof place === "string" ? place : (explanation.maps[place] as ExplanationMap);
    return [wish, made, explanation] as const;
  });
}

async function explainedClass(
  model: OpenModel,
  picture: PreparedPicture,
  wishes: readonly MapWish[],
  parts: readonly (readonly [MapWish, string | ExplanationMap, Explanation])[],
  { target, combination, probabilities }: Explanation,
  tools: Tools,
): Promise<ExplainedClass> {
  const { classifier, labels } = model;
  const names = labels.labels ?? (isRegression(classifier) ? ["the value"] : undefined);
  const maps: (StudioMap | RefusedMap)[] = [];
  for (const wish of wishes) {
    const [, made, explanation] = parts.find(([other]) => other === wish) ?? [];
    if (made === undefined || explanation === undefined) continue;
    maps.push(
      typeof made === "string"
        ? { wish, refused: made }
        : await studioMap(wish, made, explanation, { model, picture, tools }),
    );
  }
  return {
    target,
    ...(combination ? { combination } : {}),
    name: nameOfExplained(combination ?? target, names),
    probability: probabilities[target] as number,
    maps,
  };
}

/** A map as the page shows it, with what is to be known of it. */
export async function studioMap(
  wish: MapWish,
  map: ExplanationMap,
  explanation: Explanation,
  { model, picture, tools }: { model: OpenModel; picture: PreparedPicture; tools: Pick<Tools, "runtime" | "placer"> },
): Promise<StudioMap> {
  const { classifier } = model;
  const { tensor, view } = picture;
  const { request } = map;
  const isSuspect = symptomOf(map.values) !== undefined || request.definition.family === "relevance";
  const { blank, cautions } = isSuspect
    ? await (await import("./troubles.js")).troublesOf(model, tools.runtime, tensor, explanation, map)
    : NO_TROUBLES;
  const grid = gridOf(map, channelAxisOf(classifier.image));
  const pixelwise = pixelwiseOf(request);
  const smooth = pixelwise?.smooth ?? 0;
  return {
    wish,
    grid,
    shown: smooth > 0 ? await (await tools.placer()).smooth(grid, smooth * Math.max(grid.width, grid.height)) : grid,
    signed: request.signed,
    pixelwise: pixelwise !== undefined,
    floating: request.definition.floating ?? false,
    layer: request.layer?.tensor,
    view,
    blank,
    warnings: [...adviceOn(map), ...cautions],
  };
}
