import { Graph, type Node, type Value } from "../graph/graph.js";
import { cast, slice } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import { factOf } from "../ops/registry.js";
import type { Runtime, Weights } from "../session.js";
import { chosenScores } from "./chosen-scores.js";
import { refuseOverImages } from "./drop-softmax.js";
import {
  addsProbabilities,
  endingOf,
  type FoundLogits,
  isProbable,
  LONGEST_ENDING,
  mixes,
  numbersOf,
  type Place,
  probe,
  TOLERANCE,
  tensorLike,
  type Way,
  wayTo,
} from "./ending.js";

/**
 * Finds the logits of a model whose output is made of probabilities but does not end in Softmax or Sigmoid: written by hand,
 * clamped, scaled, put next to its complement, chosen from. What lies between a value and the output is run on a few numbers and
 * compared with softmax and sigmoid, so that no way of writing them has to be known. If there are no logits, as in a
 * mean of several networks, the model is run once to see whether it gives probabilities.
 * @param names how many classes have names
 * @returns undefined if the output is none of this
 */
export async function findLogits(
  model: Model,
  runtime: Runtime,
  weights?: Weights,
  names?: number,
): Promise<FoundLogits | undefined> {
  const [image] = model.graph.inputs;
  const [output] = model.graph.outputs;
  if (!image || !output || !isFloat(output.dtype) || !output.shape) return undefined;
  const rows = image.dims[0] as number;
  const place = { rows, classes: sizeOf(output.dims) / rows };
  if (!Number.isInteger(place.classes)) return undefined;
  const way = await wayTo(output, place, model, runtime, weights);
  if (way && !(await onlyClamps(way, model, runtime, weights))) return atLogits(way, output, place, model);
  return (
    (await chosenScores(output, place, model, runtime, weights, names)) ??
    (await givesProbabilities(model, output, place, runtime, weights))
  );
}

/** Whether what looks like a step only clamps numbers that lie between 0 and 1 already; the model is run once. */
async function onlyClamps({ step, value }: Way, model: Model, runtime: Runtime, weights?: Weights): Promise<boolean> {
  return step === true && isProbable((await probed(model, [value], runtime, weights))[0] ?? []);
}

function atLogits(way: Way, output: Value, { rows, classes }: Place, model: Model): FoundLogits {
  const { value, scoreFunction, side, log } = way;
  const { graph } = rewrite(model.graph, () => undefined, { outputs: [value] });
  const found = { model: { ...model, graph }, scoreFunction, ...(side === undefined ? {} : { side }) };
  // softmax makes the same of logarithms of probabilities as of the logits
  if (log) return found;
  const ending = new Graph(value.graph.operators);
  const logits = ending.addInput("logits", value.dtype, [rows, classes]);
  const own = side === undefined ? logits : slice(logits, [{ axis: 1, start: side, end: side + 1 }]);
  return { ...found, ending: { logits, probabilities: endingOf(output, [[value, own]], way, { rows, classes }) } };
}

/** Runs a model once if something in its last steps can make probabilities. */
async function givesProbabilities(
  model: Model,
  output: Value,
  { rows, classes }: Place,
  runtime: Runtime,
  weights?: Weights,
): Promise<FoundLogits | undefined> {
  const image = model.graph.inputs[0] as Value;
  const by = lastSteps(output, image).find((node) => factOf(node, "scores") || normalizes(node));
  if (!by) return undefined;
  refuseOverImages(by, rows);
  const [p = []] = await probed(model, [output], runtime, weights);
  // what a softmax gives may lack a class, such as the background
  const isOfScores = factOf(by, "scores") !== undefined && isProbable(p);
  if (!isOfScores && !isDistribution(p, { rows, classes })) return undefined;
  return { model, scoreFunction: "none", probabilitiesBy: output.producer ?? by };
}

/** Whether a node can make numbers of any size sum to 1, or keep the sum of those that do. */
const normalizes = (node: Node): boolean => factOf(node, "gate") === "divides" || addsProbabilities(node);

/** The first of some outputs of a model that gives distributions over classes; the model is run once. */
export async function distributionAmong(
  model: Model,
  outputs: readonly Value[],
  runtime: Runtime,
  weights: Weights,
): Promise<Value | undefined> {
  const rows = model.graph.inputs[0]?.dims[0] as number;
  const found = await probed(model, outputs, runtime, weights);
  return outputs.find((output, i) => isDistribution(found[i] ?? [], { rows, classes: sizeOf(output.dims) / rows }));
}

/** What some outputs are for the same image of numbers every time. */
async function probed(
  model: Model,
  outputs: readonly Value[],
  runtime: Runtime,
  weights?: Weights,
): Promise<number[][]> {
  const image = model.graph.inputs[0] as Value;
  const { graph } = rewrite(model.graph, () => undefined, { outputs });
  const made = graph.outputs.splice(0);
  for (const [i, value] of made.entries()) graph.addOutputNamed(`made/${i}`, cast(value, "float32"));
  const feeds = { [image.name]: tensorLike(image, probe(sizeOf(image.dims))) };
  const results = await runOnce({ ...model, graph }, runtime, feeds, weights ? { weights } : {});
  return made.map((_, i) => numbersOf(results[`made/${i}`]));
}

/** Whether the numbers of each image sum to 1, and none is below 0. */
function isDistribution(p: readonly number[], { rows, classes }: Place): boolean {
  const sums = Array.from({ length: rows }, (_, i) =>
    p.slice(i * classes, (i + 1) * classes).reduce((sum, v) => sum + v, 0),
  );
  return classes > 1 && isProbable(p) && sums.every((sum) => Math.abs(sum - 1) <= TOLERANCE);
}

/** The linear layers that a value comes from, by nothing but other nodes. */
export function lastLayers(output: Value, image: Value): Node[] {
  const ofImage = image.graph.dependents([image]);
  const after = [...lastSteps(output, image).flatMap(({ inputs }) => inputs), output];
  return [...new Set(after.flatMap((value) => value?.producer ?? []))].filter((node) => mixes(node, ofImage));
}

/** The nodes downstream of the last linear layers. */
function lastSteps(output: Value, image: Value): Node[] {
  const ofImage = image.graph.dependents([image]);
  const found = new Set<Node>();
  const open = [output];
  for (let value = open.pop(); value && found.size < LONGEST_ENDING; value = open.pop()) {
    const node = value.producer;
    if (!node || mixes(node, ofImage) || found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs.flatMap((read) => read ?? []));
  }
  return [...found];
}
