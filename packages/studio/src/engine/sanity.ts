import {
  compile,
  Explainer,
  type Explanation,
  type ExplanationMap,
  LimnError,
  randomized,
  rangeAfter,
  sanityLevels,
  similarityOf,
} from "@limn/core";
import type { Call, MapWish, RandomizedMap, SanityStep } from "./engine.js";
import { type PreparedPicture, studioMap, type Tools } from "./explain.js";
import { requestOf } from "./explainers.js";
import type { OpenModel } from "./open-model.js";

/**
 * The same map of networks of which more and more layers have random weights (Adebayo et al. 2018): see core's `SanityCheck`.
 * Only one random network is in memory at a time.
 */
export async function sanityOf(
  model: OpenModel,
  picture: PreparedPicture,
  wish: MapWish,
  target: number,
  tools: Tools,
  { signal, onStep }: Call<SanityStep>,
): Promise<RandomizedMap[]> {
  const { classifier, chosen } = model;
  const { runtime, explainers } = tools;
  const { explanations, places } = await explainers.run(model, [wish], picture.tensor, [target]);
  const place = places[0] as number | string;
  if (typeof place === "string") throw new LimnError("not-applicable", place);
  const [trained] = explanations as [Explanation];
  const { values } = trained.maps[place] as ExplanationMap;
  const range = chosen.preprocessing && rangeAfter(chosen.preprocessing);
  const levels = sanityLevels(classifier);
  const maps: RandomizedMap[] = [];
  for (const { layers, name } of levels) {
    signal?.throwIfAborted();
    const random = await randomized(classifier, runtime, { layers });
    const compiled = compile(random, [requestOf(wish)], range ? { inputRange: range } : {});
    const explainer = await Explainer.create(compiled, runtime);
    try {
      const [explanation] = (await explainer.explain(picture.tensor, [target])) as [Explanation];
      const [map] = explanation.maps as [ExplanationMap];
      maps.push({
        from: name,
        level: layers === 1 ? name : `${name} and all after it`,
        map: await studioMap(wish, map, explanation, { model: { ...model, classifier: random }, picture, tools }),
        correlation: similarityOf(values, map.values),
      });
    } finally {
      await explainer.release();
    }
    onStep?.({
      doing: "drawing random weights",
      done: maps.length,
      total: levels.length,
      level: maps.at(-1) as RandomizedMap,
    });
  }
  return maps;
}
