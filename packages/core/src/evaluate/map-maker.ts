import type { Classifier } from "../classifier.js";
import { type Compiled, type CompileOptions, compile } from "../compile/compile.js";
import type { CompiledMap, MapRequest } from "../compile/compiled-map.js";
import { Explainer, type Explanation } from "../explainer.js";
import { isIterated } from "../methods/method.js";
import { findMethod } from "../methods/registry.js";
import type { Runtime, TensorValue } from "../session.js";

/** The maps of a batch of pictures. */
export interface MadeMaps {
  /** The class and the scores of each picture. */
  readonly explanations: readonly Omit<Explanation, "maps">[];
  /** The raw values of all pictures for each request: [N, ...]. */
  readonly maps: readonly Float32Array[];
}

/** The same model, loaded for batches of different sizes. */
export interface LoadedSizes {
  /** For the pictures that are explained together. */
  readonly batch: Classifier;
  /** For iterated methods: loads it for the one picture that they explain. */
  readonly single: () => Promise<Classifier>;
  /** For iterated methods: loads it for the pictures that they classify in a step. */
  readonly step: () => Promise<Classifier>;
}

/**
 * Makes the same maps of batch after batch. Methods of one run share a graph, for all pictures at once; iterated methods go
 * through the batch picture by picture.
 */
export class MapMaker {
  /** In the order of the requests. */
  readonly maps: readonly CompiledMap[];
  readonly #shared: Explainer;
  /** Undefined if no method takes many runs. */
  readonly #iterated: Explainer | undefined;

  private constructor(maps: readonly CompiledMap[], shared: Explainer, iterated: Explainer | undefined) {
    this.maps = maps;
    this.#shared = shared;
    this.#iterated = iterated;
  }

  /** @throws LimnError as `compile` does, for maps that the model can't have */
  static async create(
    requests: readonly MapRequest[],
    { batch, single, step }: LoadedSizes,
    runtime: Runtime,
    options: Pick<CompileOptions, "inputRange" | "combination"> = {},
  ): Promise<MapMaker> {
    const takesMany = ({ method }: MapRequest) => isIterated(findMethod(method).method);
    const shared = compile(
      batch,
      requests.filter((request) => !takesMany(request)),
      options,
    );
    const many = requests.filter(takesMany);
    const iterated = many.length > 0 ? compile(await single(), many, { ...options, batched: await step() }) : undefined;
    const next = (compiled: Compiled | undefined) => (compiled?.maps ?? [])[Symbol.iterator]();
    const [ofOne, ofMany] = [next(shared), next(iterated)];
    const maps = requests.map((request) => (takesMany(request) ? ofMany : ofOne).next().value as CompiledMap);
    const open = (compiled: Compiled) => Explainer.create(compiled, runtime);
    return new MapMaker(maps, await open(shared), iterated && (await open(iterated)));
  }

  /**
   * @param image [N, ...], N the batch
   * @param targets a class for each picture; -1 for the predicted one
   */
  async make(image: TensorValue, targets: readonly number[]): Promise<MadeMaps> {
    const explanations = await this.#shared.explain(image, targets);
    const own = this.#iterated ? await oneByOne(this.#iterated, image, explanations) : [];
    const maps = this.maps.map((map) => {
      const from = map.kind === "pieces" ? own : explanations;
      return joined(from.map(({ maps }) => maps.find(({ request }) => request === map)?.values ?? new Float32Array()));
    });
    return { explanations, maps };
  }

  async release(): Promise<void> {
    await Promise.all([this.#shared.release(), this.#iterated?.release()]);
  }
}

async function oneByOne(
  explainer: Explainer,
  image: TensorValue,
  explanations: readonly Explanation[],
): Promise<Explanation[]> {
  const [, ...rest] = image.dims;
  const size = image.data.length / explanations.length;
  const results: Explanation[] = [];
  for (const [i, { target }] of explanations.entries()) {
    const data = (image.data as Float32Array).subarray(i * size, (i + 1) * size);
    const [one] = await explainer.explain({ dtype: "float32", dims: [1, ...rest], data }, [target]);
    if (one) results.push(one);
  }
  return results;
}

/** All values in one array, one part after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
