import { Graph, type Node, type Value } from "../graph/graph.js";
import { cast, div, exp, reshape } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { graft } from "../graph/rewrite.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { withSession } from "../onnx/open-session.js";
import { linearForm, type ScoreFunction } from "../ops/operator.js";
import { factOf, knownOperator } from "../ops/registry.js";
import type { Runtime, TensorValue, Weights } from "../session.js";
import { isOverClasses, scoresOf } from "./drop-softmax.js";

// What lies between logits and probabilities, found by running it on a few numbers.

/** What a model makes of its logits, in a graph of its own. */
export interface Ending {
  /** As wide as those of the classifier: [N, width]. */
  readonly logits: Value;
  /** [N, width], 0 to 1; 0 for what the output leaves out. */
  readonly probabilities: Value;
  /** Whether classes rank by their probabilities alone, since not all logits are of one softmax. */
  readonly ranks?: true;
}

/** The place at which explanations of a model start that gives probabilities, however it computes them. */
export interface FoundLogits {
  /** The model up to there. */
  readonly model: Model;
  /** How many of the logits are those of classes, if there are others after them that the output leaves out. */
  readonly classes?: number;
  /** `none` if no logits were found, so that the probabilities themselves are explained. */
  readonly scoreFunction: ScoreFunction | "none";
  /** One logit for two classes: which of the two it speaks for. */
  readonly side?: 0 | 1;
  readonly ending?: Ending;
  /** The node that makes probabilities, if they are what is explained. */
  readonly probabilitiesBy?: Node;
}

/** Numbers in rows, each of which holds the classes of one image, or of one question. */
export interface Place {
  readonly rows: number;
  readonly classes: number;
}

/** What leads from logits to probabilities. */
export interface Way {
  readonly value: Value;
  /** Numbers of it in each row. */
  readonly size: number;
  readonly scoreFunction: ScoreFunction;
  /** One logit for two classes: which of the two it speaks for. */
  readonly side?: 0 | 1;
  /** Whether the output holds logarithms of probabilities. */
  readonly log: boolean;
  /** What the output gives for a probability of 1: 100 if it holds percent. */
  readonly unit: 1 | 100;
  /** Whether only the order of the numbers is that of the score function's. */
  readonly clamped?: true;
  /** Whether each number rises from 0 to 1 by itself, as HardSigmoid does; so does what clamps probabilities. */
  readonly step?: true;
}

/** Nodes between logits and probabilities; the longest ways of writing a softmax take some twenty. */
export const LONGEST_ENDING = 64;

/**
 * Finds the logits that the probabilities of an output are made of, however that is written. If an operator does it, its own
 * input; if it is written by hand, what is as far upstream as the numbers allow.
 * @returns undefined if there are none
 */
export async function wayTo(
  output: Value,
  { rows, classes }: Place,
  model: Model,
  runtime: Runtime,
  weights?: Weights,
): Promise<Way | undefined> {
  let found: Way | undefined;
  // the operator itself says where its logits are
  let isSure = false;
  for (const { value, into } of waysIn(model.graph, output)) {
    const size = value.shape && isFloat(value.dtype) ? sizeOf(value.shape) / rows : 0;
    const isSingle = size === 1 && classes === 2;
    if (!isSingle && (size !== classes || isSure)) continue;
    const ending = endingFrom([value], output, model.graph);
    const kind = await withSession({ ...model, graph: ending }, runtime, sessionOf(weights), (session) =>
      kindOf({ rows, classes, size, into }, async (numbers) => {
        const { made } = await session.run({ values0: tensorLike(value, numbers) }, ["made"]);
        return numbersOf(made);
      }),
    );
    if (!kind) continue;
    found = { value, size, ...kind };
    if (!factOf(into, "scores")) continue;
    // two logits can still be made of a single one
    if (isSingle || classes !== 2) return found;
    isSure = true;
  }
  return found;
}

/** Endings are small, and their numbers are compared as they are. */
export const sessionOf = (weights: Weights | undefined) =>
  ({ ...(weights ? { weights } : {}), optimize: "none" }) as const;

/** A graph that takes numbers for some values, `values0` and so on, and gives `made`, the output. */
export function endingFrom(values: readonly Value[], output: Value, { operators }: Graph): Graph {
  const graph = new Graph(operators);
  const inputs = values.map((value, i) => {
    const input = graph.addInput(`values${i}`, "float32", value.dims);
    return [value, cast(input, value.dtype ?? "float32")] as const;
  });
  graph.addOutputNamed("made", cast(graft(output, new Map(inputs), graph, "ending"), "float32"));
  return graph;
}

/** Values that everything from the image to the output passes through, last first, up to the nearest linear layer. */
function* waysIn(graph: Graph, output: Value): Generator<{ value: Value; into: Node }> {
  const ofImage = graph.dependents(graph.inputs);
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
export const mixes = (node: Node, ofImage: ReadonlySet<Value>): boolean =>
  isLinear(node) && !addsProbabilities(node) && node.inputs.filter((input) => input && ofImage.has(input)).length < 2;

function isLinear(node: Node): boolean {
  const operator = knownOperator(node);
  return operator !== undefined && linearForm(operator) !== undefined && factOf(node, "scores") === undefined;
}

/**
 * Whether a linear layer takes what a softmax gives, such as one that makes coarse classes of fine ones; or the one number that a
 * sigmoid gives, and makes p and 1 - p of it. More numbers of a sigmoid are those of a hidden layer.
 */
export const addsProbabilities = (node: Node): boolean =>
  isLinear(node) && node.inputs.some((input) => input && givesProbability(input));

function givesProbability(value: Value): boolean {
  const scores = scoresOf(value);
  return scores === "softmax" || (scores === "sigmoid" && value.shape?.at(-1) === 1);
}

type Rows = readonly (readonly number[])[];

/** What the way from a value to the output is, by the numbers that it gives. @param ending runs it */
async function kindOf(
  { rows, classes, size, into }: Place & { size: number; into: Node },
  ending: (numbers: readonly number[]) => Promise<number[]>,
): Promise<Omit<Way, "value" | "size"> | undefined> {
  const numbers = probe(rows * size);
  const raw = await ending(numbers);
  const unit = isPercent(raw, rows) ? 100 : 1;
  const inRows = (of: readonly number[], count: number) =>
    Array.from({ length: rows }, (_, i) => of.slice(i * count, (i + 1) * count));
  const shownFor = async (values: readonly number[]) =>
    inRows(
      (await ending(values)).map((v) => v / unit),
      classes,
    );
  const given = inRows(numbers, size);
  const shown = inRows(
    raw.map((v) => v / unit),
    classes,
  );
  const written = isOverClasses(into, classes) ? factOf(into, "scores") : undefined;
  const agrees = (want: Rows, by: Rows = shown): boolean =>
    want.every((row, i) => row.every((w, k) => Math.abs(w - (by[i]?.[k] as number)) <= TOLERANCE * w + 1e-6));
  const kind = (scoreFunction: ScoreFunction, side?: 0 | 1, log = false) => ({
    scoreFunction,
    ...(side === undefined ? {} : { side }),
    log,
    unit: unit as 1 | 100,
  });
  const everywhere = (row: readonly number[]) => given.map(() => row);
  const [high, low] = [LARGE, -LARGE].map((v) => new Array<number>(rows * size).fill(v)) as [number[], number[]];
  if (size < classes) {
    const of = (row: readonly number[]) => logistic(row[0] as number);
    if (agrees(given.map((row) => [1 - of(row), of(row)]))) return kind("sigmoid", 1);
    if (agrees(given.map((row) => [of(row), 1 - of(row)]))) return kind("sigmoid", 0);
    // a step of another form, and its complement
    const second = shown.map((row) => row[1] as number);
    if (!agrees(second.map((p) => [1 - p, p]))) return undefined;
    const [top, bottom] = [await shownFor(high), await shownFor(low)];
    const step = (side: 0 | 1) => ({ ...kind("sigmoid", side), step: true as const });
    if (agrees(everywhere([0, 1]), top) && agrees(everywhere([1, 0]), bottom)) return step(1);
    if (agrees(everywhere([1, 0]), top) && agrees(everywhere([0, 1]), bottom)) return step(0);
    return undefined;
  }
  if (classes > 1 && agrees(given.map(softmaxOf))) return kind("softmax");
  if (classes > 1 && agrees(given.map(softmaxOf), exponentials(shown))) return kind("softmax", undefined, true);
  if (agrees(given.map((row) => row.map(logistic)))) return kind("sigmoid");
  const isStep = async () =>
    agrees(everywhere(new Array(classes).fill(1)), await shownFor(high)) &&
    agrees(everywhere(new Array(classes).fill(0)), await shownFor(low));
  const step = { ...kind("sigmoid"), step: true as const };
  // one number has no order among others, but one with itself: a step rises all the way, which what only clamps does not
  if (classes === 1) {
    const climb: number[] = [];
    for (const v of CLIMB) climb.push((await shownFor(new Array<number>(rows).fill(v)))[0]?.[0] as number);
    if (!isProbable(climb) || !keepsOrder(CLIMB, climb)) return undefined;
    if (written) return { ...kind(written), clamped: true };
    return new Set(climb).size === CLIMB.length && (await isStep()) ? step : undefined;
  }
  const turned = inRows(numbers.toReversed(), size);
  const areOrdered = (before: Rows, after: Rows) => before.every((row, i) => keepsOrder(row, after[i] as number[]));
  if (!isProbable(shown.flat()) || !areOrdered(given, shown)) return undefined;
  if (!areOrdered(turned, await shownFor(turned.flat()))) return undefined;
  // clamped or scaled so that the numbers differ; their order does not
  if (written) return { ...kind(written), clamped: true };
  // a softmax of equal numbers does not
  return (await isStep()) ? step : undefined;
}

/** In rising order; what is clamped to 0 to 1 is the same for two of them at either end. */
const CLIMB = [-3, -1.5, -0.5, 0, 0.5, 1.5, 3];

/** Far beyond what any step takes to rise from 0 to 1, and within half precision. */
const LARGE = 1e4;

/** How far probabilities may be apart, as a share: those of half precision have three digits. */
export const TOLERANCE = 5e-3;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const exponentials = (rows: Rows): number[][] => rows.map((row) => row.map(Math.exp));

function softmaxOf(row: readonly number[]): number[] {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

const isPercent = (p: readonly number[], rows: number): boolean =>
  p.every((v) => v >= 0) && Math.abs(p.reduce((sum, v) => sum + v, 0) / (100 * rows) - 1) <= TOLERANCE;

export const isProbable = (p: readonly number[]): boolean => p.every((v) => v >= -TOLERANCE && v <= 1 + TOLERANCE);

/** Whether what is larger in one row is not smaller in the other, which is not all the same. */
function keepsOrder(row: readonly number[], other: readonly number[]): boolean {
  const order = [...row.keys()].sort((a, b) => (row[a] as number) - (row[b] as number));
  const ranked = order.map((k) => other[k] as number);
  return ranked.every((v, k) => k === 0 || v >= (ranked[k - 1] as number)) && ranked[0] !== ranked.at(-1);
}

/** Numbers from -1 to 1, the same ones every time, no two of them alike. */
export const probe = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => 2 * (((i + 1) * 0.6180339887498949) % 1) - 1);

export function numbersOf(tensor: TensorValue | undefined): number[] {
  return [...(tensor?.data ?? [])].map(Number);
}

export function tensorLike({ dims }: Value, numbers: readonly number[]): TensorValue {
  return { dtype: "float32", dims, data: Float32Array.from(numbers) };
}

/**
 * Writes the way from logits to probabilities into a graph.
 * @param logits by the values that the file makes of them; in shapes that hold as many numbers
 * @returns the probabilities, [rows, classes]
 */
export function endingOf(
  output: Value,
  logits: readonly (readonly [from: Value, logits: Value])[],
  { log, unit }: Pick<Way, "log" | "unit">,
  { rows, classes }: Place,
): Value {
  const graph = (logits[0] as readonly [Value, Value])[1].graph;
  const replaced = new Map(logits.map(([from, y]) => [from, reshape(y, from.dims)]));
  const p = reshape(graft(output, replaced, graph, "ending"), [rows, classes]);
  if (log) return exp(p);
  return unit === 1 ? p : div(p, unit);
}
