import { type Classifier, probabilitiesOf } from "../classifier.js";
import { LimnError, reasonOf } from "../error.js";
import type { Value } from "../graph/graph.js";
import { concat, slice } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { type Combination, isIterated, type Score } from "../methods/method.js";
import { classScore } from "../methods/seed.js";
import type { InputRange } from "../relevance/input-range.js";
import type { CompiledMap, MapRequest } from "./compiled-map.js";
import {
  addScore,
  copyOf,
  EXPLAINED,
  LOGITS,
  type NamedOutput,
  PROBABILITIES,
  TARGET,
  withNamedOutputs,
} from "./interface.js";
import { MapWriter, type WrittenMap } from "./maps.js";

/** How `compile` writes the graph. */
export interface CompileOptions {
  /** Whether the graph also gives logits, probabilities and the checks of preconditions, as `Explainer` needs them. Default true. */
  readonly scores?: boolean;
  /** The lowest and highest possible value of the preprocessed image, one or one per channel: rules for pixels need them. */
  readonly inputRange?: InputRange;
  /**
   * The same classifier, loaded for batches: methods that take many runs then classify a whole batch in each run.
   * Default: one picture a run. See `batchFor`.
   */
  readonly batched?: Classifier;
  /**
   * How methods that take many runs are compiled. `pieces`: into graphs that an `Explainer` runs one after the other;
   * `loop`: into the one graph, around an ONNX Loop, so that it can be saved. Default `pieces`.
   */
  readonly iterated?: "pieces" | "loop";
  /** What is explained, if it is not a single class: the graph then takes no target. */
  readonly combination?: Combination;
  /**
   * How many classes of one picture are explained in each run, which computes the forward pass once for all of them.
   * Default: as many as the batch has pictures, one for each.
   */
  readonly targets?: number;
  /** Is called with each request that the model can't serve, which is then left out. Without it, `compile` throws the reason. */
  readonly onRefused?: (request: MapRequest, reason: LimnError) => void;
}

/** A graph that takes an image and a target class and gives maps, the explained class and the scores. */
export interface Compiled {
  readonly model: Model;
  readonly classifier: Classifier;
  readonly maps: readonly CompiledMap[];
  /** What the maps explain, if the graph takes no target. */
  readonly combination?: Combination;
  /** How many maps of each kind a run gives: one for each picture, or for each class of one picture. */
  readonly rows: number;
}

/**
 * Writes the backward passes of all requested maps into one graph, which computes the forward pass, and everything else
 * that maps have in common, only once.
 * @param requests the maps, in the order in which `Explainer` gives them
 * @throws LimnError `bad-option` for unknown methods, layers and options, or for several targets of a combination, of a batch
 *   or of methods of many runs, `not-applicable` if a method does not fit the
 *   model, `unsupported` if an operator on the way has no gradient
 * @example
 * const compiled = compile(classifier, [
 *   { method: "grad-cam", layer: "last" },
 *   { method: "lrp", options: { composite: "epsilon-plus" } },
 * ]);
 */
export function compile(
  classifier: Classifier,
  requests: readonly MapRequest[],
  options: CompileOptions = {},
): Compiled {
  const copy = copyOf(classifier);
  const { logits, model } = copy;
  const { graph } = model;
  const { inputRange: range, batched = classifier, iterated = "pieces", onRefused, scores = true } = options;
  const explained = scoresFor(copy, options);
  const writers = explained.map((score) => new MapWriter(copy, score, { range, batched, iterated }));
  const written = requests.flatMap((request): WrittenMap[] => {
    try {
      return [stacked(writers.map((writer) => writer.write(request)))];
    } catch (error) {
      if (!onRefused || isMistake(error)) throw error;
      onRefused(request, asRefusal(error));
      return [];
    }
  });
  const outputs = written.flatMap((map) => map.outputs);
  const checks = written.flatMap((map) => map.checks);
  const target: NamedOutput = [EXPLAINED, together(explained.map((score) => score.target))];
  // what the output leaves out comes after the classes
  const ofClasses = (x: Value) =>
    x.dims[1] === copy.classes ? x : slice(x, [{ axis: 1, start: 0, end: copy.classes }]);
  const ofEach = (x: Value): Value => together(explained.map(() => ofClasses(x)));
  const probabilities = () => graph.within(PROBABILITIES, () => ofEach(probabilitiesOf(logits, copy)));
  const rest: NamedOutput[] = scores
    ? [[LOGITS, ofEach(logits)], [PROBABILITIES, probabilities()], target, ...checks]
    : [target];
  return {
    model: withNamedOutputs(model, [...outputs, ...rest]),
    classifier,
    maps: written.map(({ map }) => map),
    ...(options.combination ? { combination: options.combination } : {}),
    rows: explained.length * (classifier.image.dims[0] as number),
  };
}

/** What the maps are of: one score for all pictures of a batch, or one for each class of a single picture. */
function scoresFor(copy: Classifier, { targets, combination }: CompileOptions): Score[] {
  if (targets === undefined) return [addScore(copy, combination)];
  const batch = copy.image.dims[0];
  if (combination || batch !== 1 || !Number.isInteger(targets) || targets < 1) {
    throw new LimnError(
      "bad-option",
      `targets ${targets}: give how many classes are explained of one picture, for a model that is loaded for one, and no combination`,
    );
  }
  const all = copy.model.graph.addInputNamed(TARGET, "int64", [targets]);
  const one = (k: number) => (targets === 1 ? all : slice(all, [{ axis: 0, start: k, end: k + 1 }]));
  return Array.from({ length: targets }, (_, k) => classScore(copy.logits, one(k)));
}

/** A row for each class. */
const together = (values: readonly Value[]): Value => concat(values, 0);

/** The maps of a request for all classes as one, a row for each. */
function stacked(written: readonly WrittenMap[]): WrittenMap {
  const [first] = written as [WrittenMap];
  if (written.length === 1) return first;
  if (first.map.kind === "pieces" || isIterated(first.map.definition)) {
    throw new LimnError(
      "bad-option",
      `${first.map.name}: it takes many runs, which explain one class; compile it without targets`,
    );
  }
  const joined = (all: readonly (readonly NamedOutput[])[]): NamedOutput[] =>
    (all[0] as readonly NamedOutput[]).map(([name], i) => [
      name,
      together(all.map((outputs) => (outputs[i] as NamedOutput)[1])),
    ]);
  const [, ...place] = first.map.shape;
  return {
    map: { ...first.map, shape: [written.length, ...place] },
    outputs: joined(written.map(({ outputs }) => outputs)),
    checks: joined(written.map(({ checks }) => checks)),
  };
}

/** Whether an error says that a map was asked for wrongly, rather than that the model can't have it. */
const isMistake = (error: unknown): boolean => error instanceof LimnError && error.code === "bad-option";

/** What a method that trips over a model says, if it does not know itself. */
const asRefusal = (error: unknown): LimnError =>
  error instanceof LimnError
    ? error
    : new LimnError("unsupported", `the method fails on this model: ${reasonOf(error)}; report the model`, {
        cause: error,
      });
