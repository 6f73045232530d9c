import { Graph, type Node, type Value } from "../graph/graph.js";
import { concat, expand, gather, pad, reshape, scalar, slice, sub } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { withSession } from "../onnx/open-session.js";
import { factOf, movesNumbers } from "../ops/registry.js";
import type { Runtime, Weights } from "../session.js";
import { bothSides } from "./both-sides.js";
import {
  endingFrom,
  endingOf,
  type FoundLogits,
  LONGEST_ENDING,
  numbersOf,
  type Place,
  sessionOf,
  tensorLike,
  type Way,
  wayTo,
} from "./ending.js";
import { throughLastLayer } from "./last-layer.js";

/** Probabilities that an output chooses from, with the logits that they are made of. */
interface Part {
  readonly way: Way;
  /** How many there are for each image. */
  readonly count: number;
  /** How many of them sum to 1: 1 for independent labels. */
  readonly group: number;
}

/**
 * Finds the logits of an output that chooses among probabilities: without a class for the background, in another order, of
 * several softmaxes side by side, one of two. Their logits are chosen in the same way.
 *
 *   p_k = softmax(y)_s(k)  =>  z_k = y_s(k), and after them the logits that the output leaves out;
 *                              z = y_s - y_other where it shows one of two, since p = sigmoid(z)
 *
 * @param names how many classes have names
 * @returns undefined if the output does more than choose, or chooses from what no logits are found of
 */
export async function chosenScores(
  output: Value,
  { rows: batch, classes }: Place,
  model: Model,
  runtime: Runtime,
  weights: Weights | undefined,
  names: number | undefined,
): Promise<FoundLogits | undefined> {
  const found =
    (await choiceAmong(chosenFrom(output, movesNumbers), output, batch, model, runtime, weights)) ??
    // what clamps the chosen ones changes none of them
    (await choiceAmong(chosenFrom(output, movesOrClamps), output, batch, model, runtime, weights));
  if (!found) return undefined;
  const { chosen, parts } = found;
  const [{ way }] = parts as readonly [Part];
  const groups = groupsOf(parts);
  const members = [...new Set(chosen.map((k) => groups[k] as readonly number[]))];
  const isShown = new Set(chosen);
  const hidden = members.flatMap((group) => group.filter((k) => !isShown.has(k)));
  const isOneOfTwo = members.every((group) => group.length === 2) && hidden.length === members.length;
  const isWide = hidden.length > 0 && !isOneOfTwo;
  if (isWide && classes === 1 && names === 2) return undefined;
  const other = (k: number) => (groups[k] as readonly number[]).find((j) => j !== k) as number;
  const choose = (y: Value, axis: number): Value =>
    isOneOfTwo
      ? sub(picked(y, chosen, axis), picked(y, chosen.map(other), axis))
      : picked(y, [...chosen, ...hidden], axis);

  const { graph, successors } = rewrite(model.graph, () => undefined, { outputs: parts.map((part) => part.way.value) });
  const [name] = graph.outputs.splice(0).map((value) => value.name);
  const logits = graph.within("chosen", () => {
    const all = parts.map(({ way: { value, side } }) => {
      const y = successors.get(value) as Value;
      return side === undefined ? y : bothSides(y, batch, side);
    });
    const [only] = all;
    if (only && all.length === 1) return throughLastLayer(only, batch, choose);
    return choose(
      concat(
        all.map((y) => reshape(y, [batch, sizeOf(y.dims) / batch])),
        1,
      ),
      1,
    );
  });
  graph.addOutputNamed(`${name}/chosen`, logits);
  const scoreFunction = isOneOfTwo ? "sigmoid" : way.scoreFunction;
  return {
    model: { ...model, graph },
    scoreFunction,
    ...(isWide ? { classes } : {}),
    ending: {
      ...endingFromChosen(logits, output, parts, { batch, classes, chosen, hidden: isWide ? hidden : [] }),
      ...(scoreFunction === "softmax" && (isWide || members.length > 1) ? { ranks: true } : {}),
    },
  };
}

const picked = (x: Value, positions: readonly number[], axis: number): Value =>
  positions.length === x.dims[axis] && positions.every((k, i) => k === i) ? x : gather(x, positions, axis);

interface Choice {
  /** For each class, where it is among the numbers of all parts. */
  readonly chosen: readonly number[];
  readonly parts: readonly Part[];
}

/** @param from the values that the output may choose from */
async function choiceAmong(
  from: readonly Value[] | undefined,
  output: Value,
  batch: number,
  model: Model,
  runtime: Runtime,
  weights: Weights | undefined,
): Promise<Choice | undefined> {
  if (!from?.every(({ dtype, shape }) => isFloat(dtype) && shape && (batch === 1 || shape[0] === batch)))
    return undefined;
  const counts = from.map(({ dims }) => sizeOf(dims) / batch);
  const chosen = await positionsOf(output, from, counts, batch, model, runtime, weights);
  if (!chosen) return undefined;
  const parts: Part[] = [];
  for (const value of from) {
    const part = await partOf(value, batch, model, runtime, weights);
    if (!part) return undefined;
    parts.push(part);
  }
  const [{ way }] = parts as [Part];
  const isAlike = parts.every(
    ({ way: { scoreFunction, log, unit, step } }) =>
      !step && scoreFunction === way.scoreFunction && log === way.log && unit === way.unit,
  );
  return isAlike ? { chosen, parts } : undefined;
}

/** Whether a node moves numbers or makes each of a single one, as Clip does. */
function movesOrClamps(node: Node): boolean {
  const ofImage = node.output.graph.dependents(node.output.graph.inputs);
  const isPointwise = factOf(node, "layout") === "keeps" && factOf(node, "scores") === undefined;
  return movesNumbers(node) || (isPointwise && node.inputs.filter((v) => v && ofImage.has(v)).length === 1);
}

/** The values that an output takes its numbers from, by nothing but nodes that pass them on; undefined if it is one of them. */
function chosenFrom(output: Value, passesOn: (node: Node) => boolean): Value[] | undefined {
  const ofImage = output.graph.dependents(output.graph.inputs);
  const found = new Set<Value>();
  const open = [output];
  for (let steps = 0; steps < LONGEST_ENDING; steps++) {
    const value = open.pop();
    if (!value) return found.has(output) ? undefined : [...found];
    const node = value.producer;
    if (node && passesOn(node)) open.push(...node.inputs.filter((v): v is Value => v !== undefined && ofImage.has(v)));
    else found.add(value);
  }
  return undefined;
}

/** The ground that the positions are written in: half precision tells so many numbers between 0 and 1 apart. */
const BASE = 64;

/**
 * Which of the numbers of some values each number of the output is, as positions in all of them, one value after the other.
 * It is tried out with the digits of the positions, twice, counted from either end, so that what depends on sizes is found out.
 */
async function positionsOf(
  output: Value,
  from: readonly Value[],
  counts: readonly number[],
  batch: number,
  model: Model,
  runtime: Runtime,
  weights: Weights | undefined,
): Promise<number[] | undefined> {
  const total = counts.reduce((a, b) => a + b, 0);
  const digits = Math.max(1, Math.ceil(Math.log(total) / Math.log(BASE)));
  const graph = endingFrom(from, output, model.graph);
  return withSession({ ...model, graph }, runtime, sessionOf(weights), async (session) => {
    const readWith = async (code: (position: number) => number): Promise<number[] | undefined> => {
      const read: number[] = [];
      for (let place = 0; place < digits; place++) {
        let before = 0;
        const feeds = from.map((value, i) => {
          const start = before;
          before += counts[i] as number;
          const digit = (k: number) => Math.floor(code(start + k) / BASE ** place) % BASE;
          const row = Array.from({ length: counts[i] as number }, (_, k) => (digit(k) + 1) / (BASE + 2));
          return [`values${i}`, tensorLike(value, new Array<number[]>(batch).fill(row).flat())] as const;
        });
        const { made } = await session.run(Object.fromEntries(feeds), ["made"]);
        for (const [k, v] of numbersOf(made).entries()) {
          const digit = Math.round(v * (BASE + 2)) - 1;
          const isDigit = digit >= 0 && digit < BASE && Math.abs(v * (BASE + 2) - digit - 1) < 0.25;
          if (!isDigit) return undefined;
          read[k] = (read[k] ?? 0) + digit * BASE ** place;
        }
      }
      return read.every((k) => k < total) ? read : undefined;
    };
    const forward = await readWith((k) => k);
    const backward = await readWith((k) => total - 1 - k);
    if (!forward || !backward?.every((k, i) => k === total - 1 - (forward[i] as number))) return undefined;
    const classes = forward.length / batch;
    const first = forward.slice(0, classes);
    return forward.every((k, i) => k === first[i % classes]) ? first : undefined;
  });
}

/** The logits of a distribution, or of several, each along the last axis. */
async function partOf(
  value: Value,
  batch: number,
  model: Model,
  runtime: Runtime,
  weights: Weights | undefined,
): Promise<Part | undefined> {
  const count = sizeOf(value.dims) / batch;
  for (const classes of new Set([value.dims.at(-1) as number, count])) {
    const way = await wayTo(value, { rows: (batch * count) / classes, classes }, model, runtime, weights);
    // several at once are to be told from one without doubt
    if (!way || (classes !== count && (way.clamped || way.side !== undefined))) continue;
    return { way, count, group: way.scoreFunction === "softmax" ? classes : 1 };
  }
  return undefined;
}

/** For each position, those that it sums to 1 with. */
function groupsOf(parts: readonly Part[]): readonly number[][] {
  let before = 0;
  return parts.flatMap(({ count, group }) => {
    const start = before;
    before += count;
    const groups = Array.from({ length: count / group }, (_, g) =>
      Array.from({ length: group }, (_, k) => start + g * group + k),
    );
    return Array.from({ length: count }, (_, k) => groups[Math.floor(k / group)] as number[]);
  });
}

/** The way from the chosen logits to the output: they are put back to where they were chosen from. */
function endingFromChosen(
  { graph: { operators }, dims, dtype }: Value,
  output: Value,
  parts: readonly Part[],
  {
    batch,
    classes,
    chosen,
    hidden,
  }: { batch: number; classes: number; chosen: readonly number[]; hidden: readonly number[] },
) {
  const graph = new Graph(operators);
  const logits = graph.addInput("logits", dtype, dims);
  const width = dims[1] as number;
  // what is not among them has a logit of 0
  const padded = concat([logits, expand(scalar(0, logits), [batch, 1])], 1);
  const order = [...chosen, ...hidden];
  let before = 0;
  const replaced = parts.map(({ way, count }) => {
    const start = before;
    before += count;
    const sources = Array.from({ length: count }, (_, k) => {
      const at = order.indexOf(start + k);
      return at < 0 ? width : at;
    });
    const y = picked(padded, sources, 1);
    const { side, value } = way;
    return [value, side === undefined ? y : slice(y, [{ axis: 1, start: side, end: side + 1 }])] as const;
  });
  const p = endingOf(output, replaced, (parts[0] as Part).way, { rows: batch, classes });
  return { logits, probabilities: width > classes ? pad(p, [0, 0, 0, width - classes]) : p };
}
