import {
  type Classifier,
  type Combination,
  compile,
  Explainer,
  type Explanation,
  findMethod,
  isIterated,
  LimnError,
  loadForBatch,
  type MapRequest,
  type Options,
  type Runtime,
  rangeAfter,
  type TensorValue,
  type Watch,
} from "@limn/core";
import type { MapWish } from "./engine.js";
import { LeastRecentlyUsed } from "./least-recently-used.js";
import type { OpenModel } from "./open-model.js";

/** How many compiled graphs are kept: each holds the weights of its model. */
const KEPT = 6;

/** What the maps of a run are of: so many classes, or a combination of some. */
export type Explaining = number | Combination;

/** The explanations of a run, one for each class, and why wishes are missing in them. */
export interface Run {
  readonly explanations: readonly Explanation[];
  /** For each wish, its place among the maps of an explanation, or why there is none. */
  readonly places: readonly (number | string)[];
}

/**
 * Makes the maps that are wished for, all of a run together. What was compiled is kept while it is used. A wish that the
 * model, or ONNX Runtime, refuses does not take the others with it.
 */
export class Explainers {
  readonly #runtime: Runtime;
  readonly #explainers = new LeastRecentlyUsed<Explainer>(KEPT);
  readonly #refusals = new Map<string, string>();
  readonly #batched = new WeakMap<OpenModel, Promise<Classifier | undefined>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * Explains one picture.
   * @param targets class indices, -1 for the predicted one; empty for a combination
   * @throws LimnError `bad-option` for a class that the model lacks, and whatever makes all wishes fail
   */
  async run(
    model: OpenModel,
    wishes: readonly MapWish[],
    image: TensorValue,
    targets: readonly number[] | Combination,
    watch: Watch = {},
  ): Promise<Run> {
    const explaining: Explaining = isCombination(targets) ? targets : targets.length;
    const refused = (wish: MapWish) => this.#refusals.get(refusalKey(model, wish, explaining));
    const attempt = async (some: readonly MapWish[]) => {
      const made = await this.#run(model, some, image, targets, watch);
      return { made, some };
    };
    const { made, some } = await this.#leniently(wishes, refused, attempt, async (wish, error) => {
      this.#refusals.set(refusalKey(model, wish, explaining), error.message);
    });
    return { explanations: made, places: wishes.map((wish) => refused(wish) ?? some.indexOf(wish)) };
  }

  /** Frees what was compiled of a model. */
  async drop(model: OpenModel): Promise<void> {
    const prefix = keyOf(model);
    for (const key of this.#refusals.keys()) if (key.startsWith(prefix)) this.#refusals.delete(key);
    await this.#explainers.drop(prefix);
  }

  /** Tries the wishes together, and if that fails, each alone, to find those that are to blame. */
  async #leniently<T>(
    wishes: readonly MapWish[],
    refused: (wish: MapWish) => string | undefined,
    attempt: (some: readonly MapWish[]) => Promise<T>,
    refuse: (wish: MapWish, reason: LimnError) => Promise<void>,
  ): Promise<T> {
    const left = () => wishes.filter((wish) => refused(wish) === undefined);
    try {
      return await attempt(left());
    } catch (error) {
      if (!(error instanceof LimnError)) throw error;
      const before = left();
      for (const wish of before) {
        const alone = before.length === 1 ? Promise.reject(error) : attempt([wish]);
        await alone.catch((reason: unknown) => {
          if (reason instanceof LimnError) return refuse(wish, reason);
          throw reason;
        });
      }
      // what fails although each works alone, or without any wish, fails for another reason
      if (left().length === before.length) throw error;
      return attempt(left());
    }
  }

  async #run(
    model: OpenModel,
    wishes: readonly MapWish[],
    image: TensorValue,
    targets: readonly number[] | Combination,
    watch: Watch,
  ): Promise<Explanation[]> {
    const combination = isCombination(targets) ? targets : undefined;
    const classes = isCombination(targets) ? [] : targets;
    const key = keyOf(model, wishes, combination ?? classes.length);
    const make = async () => {
      const batched = wishes.some(takesMany) ? await this.#batchedOf(model) : undefined;
      return Explainer.create(
        compile(model.classifier, wishes.map(requestOf), {
          ...(model.chosen.preprocessing ? { inputRange: rangeAfter(model.chosen.preprocessing) } : {}),
          ...(combination ? { combination } : { targets: classes.length }),
          ...(batched ? { batched } : {}),
        }),
        this.#runtime,
      );
    };
    return this.#explainers.with(key, make, (explainer) => explainer.explain(image, classes, watch));
  }

  #batchedOf(model: OpenModel): Promise<Classifier | undefined> {
    const known = this.#batched.get(model) ?? loadForBatch(model.classifier, model.reload);
    this.#batched.set(model, known);
    return known;
  }
}

/** Whether a wish takes many runs of the model. A method that is not there is refused when it is compiled. */
export function takesMany({ method }: MapWish): boolean {
  try {
    return isIterated(findMethod(method).method);
  } catch {
    return false;
  }
}

export const requestOf = ({ method, layer, options }: MapWish): MapRequest => ({
  method,
  ...(layer === undefined ? {} : { layer }),
  ...(options ? { options: options as Options } : {}),
});

const isCombination = (targets: readonly number[] | Combination): targets is Combination => "kind" in targets;

const keyOf = ({ opened: { handle } }: OpenModel, ...parts: readonly unknown[]): string =>
  [handle, ...parts.map((part) => JSON.stringify(part))].join(" ");

const refusalKey = (model: OpenModel, wish: MapWish, explaining: Explaining): string => keyOf(model, wish, explaining);
