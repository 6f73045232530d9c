import { Graph, type Node, type Value } from "../graph/graph.js";
import { cast, div, reshape, slice } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { graft, rewrite } from "../graph/rewrite.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import { linearForm, type ScoreFunction } from "../ops/operator.js";
import { factOf, knownOperator } from "../ops/registry.js";
import type { Runtime, TensorValue, Weights } from "../session.js";
import { scoresOf } from "./drop-softmax.js";

/** What a model makes of its logits, in a graph of its own. */
export interface Ending {
  /** [N, classes] */
  readonly logits: Value;
  /** [N, classes], 0 to 1 */
  readonly probabilities: Value;
}

/** The place at which explanations of a model start that gives probabilities, however it computes them. */
export interface FoundLogits {
  /** The model up to there. */
  readonly model: Model;
  /** `none` if no logits were found, so that the probabilities themselves are explained. */
  readonly scoreFunction: ScoreFunction | "none";
  /** One logit for two classes: which of the two it speaks for. */
  readonly side?: 0 | 1;
  readonly ending?: Ending;
  /** The node that makes probabilities, if they are what is explained. */
  readonly probabilitiesBy?: Node;
}

/** Nodes between logits and probabilities; the longest ways of writing a softmax take some twenty. */
const LONGEST_ENDING = 64;

/**
 * Finds the logits of a model whose output is made of probabilities but does not end in Softmax or Sigmoid: written by hand,
 * clamped, scaled, put next to its complement. What lies between a value and the output is run on a few numbers and
 * compared with softmax and sigmoid, so that no way of writing them has to be known. If there are no logits, as in a
 * mean of several networks, the model is run once to see whether it gives probabilities.
 * @returns undefined if the output is none of this
 */
export async function findLogits(model: Model, runtime: Runtime, weights?: Weights): Promise<FoundLogits | undefined> {
  const [image] = model.graph.inputs;
  const [output] = model.graph.outputs;
  if (!image || !output || !isFloat(output.dtype) || !output.shape) return undefined;
  const batch = image.dims[0] as number;
  const classes = sizeOf(output.dims) / batch;
  if (!Number.isInteger(classes)) return undefined;
  let found: FoundLogits | undefined;
  // the operator itself says where its logits are; written by hand, they are as far upstream as the numbers allow
  let isSure = false;
  for (const { value, into } of waysIn(model.graph, output, image)) {
    const size = value.shape && isFloat(value.dtype) ? sizeOf(value.shape) / batch : 0;
    const isSingle = size === 1 && classes === 2;
    if (!isSingle && (size !== classes || isSure)) continue;
    const kind = await kindOf(value, output, { batch, classes, size, into }, model, runtime, weights);
    if (!kind) continue;
    const { graph } = rewrite(model.graph, () => undefined, { outputs: [value] });
    const { scoreFunction, side, log, unit } = kind;
    found = {
      model: { ...model, graph },
      scoreFunction,
      ...(side === undefined ? {} : { side }),
      // softmax makes the same of logarithms of probabilities as of the logits
      ...(log ? {} : { ending: endingOf(value, output, { batch, classes, side, unit }) }),
    };
    if (!factOf(into, "scores")) continue;
    // two logits can still be made of a single one
    if (isSingle || classes !== 2) return found;
    isSure = true;
  }
  return found ?? (await givesProbabilities(model, output, { batch, classes }, runtime, weights));
}

/** Values that everything from the image to the output passes through, last first, up to the nearest linear layer. */
function* waysIn(graph: Graph, output: Value, image: Value): Generator<{ value: Value; into: Node }> {
  const ofImage = graph.dependents([image]);
  const order = new Map(graph.nodes.map((node, i) => [node, i]));
  const open = new Set([output]);
  for (let steps = 0; steps < LONGEST_ENDING; steps++) {
    const nodes = [...open].flatMap(({ producer }) => producer ?? []);
    const [last] = nodes.sort((a, b) => (order.get(b) as number) - (order.get(a) as number));
    if (!last || nodes.length < open.size || mixes(last, ofImage)) return;
    for (const made of last.outputs) if (made) open.delete(made);
    for (const read of [...last.inputs, ...last.captures]) if (read && ofImage.has(read)) open.add(read);
    const [only] = open;
    if (only && open.size === 1) yield { value: only, into: last };
  }
}

/**
 * Whether a node is a linear layer, of which logits are made: not a product of two values that depend on the image, nor
 * one that adds up probabilities.
 */
const mixes = (node: Node, ofImage: ReadonlySet<Value>): boolean =>
  isLinear(node) && !addsProbabilities(node) && node.inputs.filter((input) => input && ofImage.has(input)).length < 2;

function isLinear(node: Node): boolean {
  const operator = knownOperator(node);
  return operator !== undefined && linearForm(operator) !== undefined && factOf(node, "scores") === undefined;
}

/**
 * Whether a linear layer takes what a softmax gives, such as one that makes coarse classes of fine ones; or the one number that a
 * sigmoid gives, and makes p and 1 - p of it. More numbers of a sigmoid are those of a hidden layer.
 */
const addsProbabilities = (node: Node): boolean =>
  isLinear(node) && node.inputs.some((input) => input && givesProbability(input));

function givesProbability(value: Value): boolean {
  const scores = scoresOf(value);
  return scores === "softmax" || (scores === "sigmoid" && value.shape?.at(-1) === 1);
}

interface Place {
  readonly batch: number;
  readonly classes: number;
}

interface Kind {
  readonly scoreFunction: ScoreFunction;
  readonly side: 0 | 1 | undefined;
  /** Whether the output holds logarithms of probabilities. */
  readonly log: boolean;
  /** What the output gives for a probability of 1: 100 if it holds percent. */
  readonly unit: 1 | 100;
}

/** What the way from a value to the output is, by the numbers that it gives. */
async function kindOf(
  value: Value,
  output: Value,
  { batch, classes, size, into }: Place & { size: number; into: Node },
  model: Model,
  runtime: Runtime,
  weights?: Weights,
): Promise<Kind | undefined> {
  const graph = new Graph(model.graph.operators);
  const input = graph.addInput("values", "float32", value.dims);
  const made = graft(output, new Map([[value, cast(input, value.dtype ?? "float32")]]), graph, "ending");
  graph.addOutputNamed("made", cast(made, "float32"));
  const numbers = probe(batch * size);
  const { made: result } = await runOnce(
    { ...model, graph },
    runtime,
    { values: tensorLike(input, numbers) },
    { ...(weights ? { weights } : {}), optimize: "none" },
  );
  const raw = numbersOf(result);
  const unit = isPercent(raw, batch) ? 100 : 1;
  const p = raw.map((v) => v / unit);
  const rows = (of: readonly number[], count: number) =>
    Array.from({ length: batch }, (_, i) => of.slice(i * count, (i + 1) * count));
  const given = rows(numbers, size);
  const shown = rows(p, classes);
  const written = factOf(into, "scores");
  const agrees = (want: readonly number[][], by: readonly number[][] = shown): boolean =>
    want.every((row, i) => row.every((w, k) => Math.abs(w - (by[i]?.[k] as number)) <= TOLERANCE * w + 1e-6));
  const kind = (scoreFunction: ScoreFunction, side?: 0 | 1, log = false): Kind => ({ scoreFunction, side, log, unit });
  if (size < classes) {
    const of = (row: readonly number[]) => logistic(row[0] as number);
    if (agrees(given.map((row) => [1 - of(row), of(row)]))) return kind("sigmoid", 1);
    if (agrees(given.map((row) => [of(row), 1 - of(row)]))) return kind("sigmoid", 0);
    return undefined;
  }
  const exp = shown.map((row) => row.map(Math.exp));
  if (classes > 1 && agrees(given.map(softmaxOf))) return kind("softmax");
  if (classes > 1 && agrees(given.map(softmaxOf), exp)) return kind("softmax", undefined, true);
  if (agrees(given.map((row) => row.map(logistic)))) return kind("sigmoid");
  // clamped or scaled so that the numbers differ; their order does not
  return written && isProbable(p) && given.every((row, i) => keepsOrder(row, shown[i] as number[]))
    ? kind(written)
    : undefined;
}

/** How far probabilities may be apart, as a share: those of half precision have three digits. */
const TOLERANCE = 5e-3;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

function softmaxOf(row: readonly number[]): number[] {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

const isPercent = (p: readonly number[], batch: number): boolean =>
  p.every((v) => v >= 0) && Math.abs(p.reduce((sum, v) => sum + v, 0) / (100 * batch) - 1) <= TOLERANCE;

const isProbable = (p: readonly number[]): boolean => p.every((v) => v >= -TOLERANCE && v <= 1 + TOLERANCE);

/** Whether what is larger in one row is not smaller in the other, which is not all the same. */
function keepsOrder(row: readonly number[], other: readonly number[]): boolean {
  const ranked = [...row.keys()].sort((a, b) => (row[a] as number) - (row[b] as number)).map((k) => other[k] as number);
  return ranked.every((v, k) => k === 0 || v >= (ranked[k - 1] as number)) && ranked[0] !== ranked.at(-1);
}

/** Numbers from -1 to 1, the same ones every time, no two of them alike. */
const probe = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 * (((i + 1) * 0.6180339887498949) % 1) - 1);

function numbersOf(tensor: TensorValue | undefined): number[] {
  return [...(tensor?.data ?? [])].map(Number);
}

function tensorLike({ dims }: Value, numbers: readonly number[]): TensorValue {
  return { dtype: "float32", dims, data: Float32Array.from(numbers) };
}

/** @param side which class the one logit of two classes speaks for @param unit what stands for a probability of 1 */
function endingOf(
  value: Value,
  output: Value,
  { batch, classes, side, unit }: Place & Pick<Kind, "side" | "unit">,
): Ending {
  const graph = new Graph(value.graph.operators);
  const logits = graph.addInput("logits", value.dtype, [batch, classes]);
  const own = side === undefined ? logits : slice(logits, [{ axis: 1, start: side, end: side + 1 }]);
  const made = graft(output, new Map([[value, reshape(own, value.dims)]]), graph, "ending");
  const p = reshape(made, [batch, classes]);
  return { logits, probabilities: unit === 1 ? p : div(p, unit) };
}

/** Runs a model once if something in its last steps can make probabilities. */
async function givesProbabilities(
  model: Model,
  output: Value,
  { batch, classes }: Place,
  runtime: Runtime,
  weights?: Weights,
): Promise<FoundLogits | undefined> {
  const image = model.graph.inputs[0] as Value;
  const by = lastSteps(output, image).find((node) => factOf(node, "scores") || normalizes(node));
  if (!by) return undefined;
  const [p = []] = await probed(model, [output], runtime, weights);
  // what a softmax gives may lack a class, such as the background
  const isOfScores = factOf(by, "scores") !== undefined && isProbable(p);
  if (!isOfScores && !isDistribution(p, { batch, classes })) return undefined;
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
  const batch = model.graph.inputs[0]?.dims[0] as number;
  const found = await probed(model, outputs, runtime, weights);
  return outputs.find((output, i) => isDistribution(found[i] ?? [], { batch, classes: sizeOf(output.dims) / batch }));
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
function isDistribution(p: readonly number[], { batch, classes }: Place): boolean {
  const sums = Array.from({ length: batch }, (_, i) =>
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
