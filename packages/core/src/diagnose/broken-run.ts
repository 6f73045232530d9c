import type { Classifier } from "../classifier.js";
import type { CompiledMap, MapInPieces } from "../compile/compiled-map.js";
import type { BrokenRun } from "../explainer.js";
import type { Value } from "../graph/graph.js";
import { rewrite } from "../graph/rewrite.js";
import { isIterated } from "../methods/method.js";
import type { Runtime } from "../session.js";
import type { Diagnosis } from "./diagnosis.js";
import { largestIn } from "./largest-values.js";

/**
 * Whether a map is made of the picture's gradient. Maps of relevance are not, since it has its own rules, and neither are
 * maps of iterated methods, which look at other pictures.
 */
export const isOfGradient = ({ definition, options }: CompiledMap): boolean =>
  !isIterated(definition) && definition.backward !== "none" && options.composite === undefined;

/** Names the node that makes a run's results infinite or NaN although the scores of the picture itself are finite. */
export async function diagnoseBrokenRun(
  classifier: Classifier,
  runtime: Runtime,
  map: CompiledMap,
  run: BrokenRun,
): Promise<Diagnosis> {
  const origin = await originOf(classifier, runtime, run);
  const own = origin && ownValue(classifier, origin);
  const label = (own ?? origin)?.label;
  const what = label ? `${label} gives values that are not finite, although its inputs are` : "the values overflow";
  const { method } = map;
  const message =
    map.kind === "pieces"
      ? `the picture's own scores are finite, but what ${method} computes is not${stepIn(run, map)}: ${what}; try other options of ${method}, or a method that takes one run, such as grad-cam`
      : `the scores are finite, but what ${method} computes is not: ${what}; try another layer or other options of ${method}, or grad-cam`;
  return { symptom: "not-a-number", tensor: own?.name, message };
}

const stepIn = ({ step }: BrokenRun, { pieces }: MapInPieces): string =>
  step === undefined ? "" : `, from step ${step} of ${pieces.steps}`;

/** The value that makes a run's results infinite or NaN: it is not finite although its inputs are. */
async function originOf(classifier: Classifier, runtime: Runtime, run: BrokenRun): Promise<Value | undefined> {
  const { graph } = rewrite(run.model.graph, () => undefined);
  const results = graph.outputs.filter(({ name }) => run.outputs.includes(name));
  const nodes = graph.ancestors(results);
  const values = nodes.flatMap((node) => node.outputs.filter((v) => v !== undefined));
  const found = await largestIn({ ...run.model, graph }, classifier.weights, runtime, run.feeds, values);
  const broken = new Set(found.filter(({ largest }) => !Number.isFinite(largest)).map(({ value }) => value));
  const brokenOf = (among: Iterable<Value>) => [...among].find((value) => broken.has(value));
  let origin = brokenOf(results);
  for (let at = origin; at; at = brokenOf(at.producer?.reads() ?? [])) origin = at;
  return origin;
}

/** The value of the user's model that a value is a copy of: the name of a copy ends in that of the original. */
function ownValue({ model }: Classifier, { name, producer }: Value): Value | undefined {
  const parts = name.split("/");
  const names = parts.map((_, i) => parts.slice(i).join("/"));
  return names
    .map((own) => model.graph.names.get(own))
    .find((own) => own?.producer && own.producer.opType === producer?.opType);
}
