import { gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf, IMAGE, TARGET, targetTensor } from "../compile/interface.js";
import type { Graph, Value } from "../graph/graph.js";
import { abs, add, axesExcept, cast, div, maximum, mean, mul, sign, sqrt, square, sub, sum } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { type Shape, sizeOf } from "../graph/tensor.js";
import { layersOf } from "../layers.js";
import { classScore } from "../methods/seed.js";
import { runOnce, withSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { withoutRounding } from "./without-rounding.js";

/**
 * What small steps say about a gradient. `kink`: the score bends at this very place, as ReLU does at 0, and the gradient is
 * the slope on one side or between the two. `unclear`: no two steps agree before they drown in rounding.
 */
export type GradientVerdict = "right" | "wrong" | "kink" | "unclear";

/** Whether the gradient by one tensor is what small steps along it do to the score. */
export interface GradientCheck {
  /** The tensor's name. */
  readonly tensor: string;
  /** The stage that it stands for; undefined for the image. */
  readonly stage: string | undefined;
  readonly verdict: GradientVerdict;
  /**
   * The relative difference between the slope by the gradient and by small steps, in the direction that says the worst;
   * at a kink, from the slope on the nearer side.
   */
  readonly deviation: number;
  /** What the slope by small steps may itself be wrong by, as a share of the slope by the gradient. */
  readonly uncertainty: number;
  /** In how many of the `directions` the score bends right at the tensor. */
  readonly kinks: number;
  /** How many directions told something: two along the gradient and, where rounding and kinks allow it, one at random. */
  readonly directions: number;
}

/** What a correct gradient stays below. */
export const LARGEST_DEVIATION = 0.05;

/**
 * The gradient itself; a part of it, each element in with one half probability; and one that knows nothing of the gradient,
 * along which a gradient that misses something, or is 0 everywhere, is found out.
 */
const DIRECTIONS = ["whole", "part", "random"] as const;

/** Each step is a quarter of the one before. */
const RATIO = 4;

/** As powers of RATIO, shares of the tensor's own size: where to begin, and how far to go. */
const [LARGEST_STEP, FIRST_STEP, SMALLEST_STEP] = [1, 5, 10];

/** Rounding of a score in float32 after a deep network: some units in the last place of the largest logit. */
const ROUNDING = 8 * 2 ** -23;

/** What rounding may make of a slope that is to count, as a share, and at which it is not worth to go on. */
const [RELIABLE, HOPELESS] = [0.02, 0.1];

/** Two steps that agree with each other and the gradient to this need no third. */
const CLOSE = 0.02;

/** Steps that tell of the same slope agree to this. */
const AGREES = 0.03;

/** How many steps have to agree with each other before a gradient is said to be wrong. */
const CONDEMNING = 3;

/**
 * Tests the gradient of the target's score by central differences, on the user's own model and image: by the image, and
 * by the activation of every stage, so that an error can be located between two of them.
 *
 *   g . (x+ - x-)  =  y(x+) - y(x-)      x± = x ± h v, as float32 rounds it
 *
 * v is the gradient, the gradient where a random mask is 1 and 0 elsewhere, or a random 1 or -1 for each element.
 *
 * The step h is made smaller until two steps agree: larger ones meet kinks and curvature, smaller ones rounding.
 */
export async function checkGradient(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  target = -1,
): Promise<GradientCheck[]> {
  const copy = copyOf(withoutRounding(classifier));
  const { graph } = copy.model;
  const score = addScore(copy);
  const gradient = gradientFrom(score.logits, score.seed);
  const stages = layersOf(copy).filter(({ stage }) => stage !== undefined);
  const tensors = [{ value: copy.image, tensor: classifier.image.name, stage: undefined }, ...stages];
  const gradients = tensors.map(({ value }) => gradient.at(value));
  const activations = tensors.slice(1).map(({ value }) => value);
  graph.outputs.splice(0, graph.outputs.length, score.target, ...activations, ...gradients);
  if (graph.inputs[0]) graph.rename(graph.inputs[0], IMAGE);
  const feeds = { [IMAGE]: image, [TARGET]: targetTensor(copy, target) };
  const found = await runOnce(copy.model, runtime, feeds, { weights: copy.weights });
  const chosen = Number(found[score.target.name]?.data[0]);
  const results: GradientCheck[] = [];
  for (const [i, { value, tensor, stage }] of tensors.entries()) {
    const at = i === 0 ? image : (found[value.name] as TensorValue);
    const gradient = found[(gradients[i] as Value).name] as TensorValue;
    results.push({ tensor, stage, ...(await checkAt(copy, runtime, value, { [IMAGE]: image, at, gradient }, chosen)) });
  }
  return results;
}

type Found = Omit<GradientCheck, "tensor" | "stage">;

async function checkAt(
  classifier: Classifier,
  runtime: Runtime,
  tensor: Value,
  known: Readonly<Record<typeof IMAGE | "at" | "gradient", TensorValue>>,
  target: number,
): Promise<Found> {
  const { at } = known;
  const size = rootMeanSquare(at.data as Float32Array) || 1;
  const model = stepped(classifier, tensor);
  const reads = new Set(model.graph.inputs.map(({ name }) => name));
  const found = await withSession(model, runtime, { weights: classifier.weights }, async (session) => {
    const directions: Found[] = [];
    // without a step, all directions are the same
    let here: Moved | undefined;
    for (const direction of DIRECTIONS) {
      const all = { ...known, ...directionOf(at.dims, direction), [TARGET]: targetTensor(classifier, target) };
      const feeds = Object.fromEntries(Object.entries(all).filter(([name]) => reads.has(name)));
      here ??= await scoreAt(session, feeds, 0);
      const result = await judged((h) => scoreAt(session, feeds, h * size), here);
      // at random, the score hardly changes where there are many elements
      if (direction !== "random" || result.verdict !== "unclear") directions.push(result);
    }
    return directions;
  });
  const worst = [...found].sort((a, b) => SEVERITY[b.verdict] - SEVERITY[a.verdict] || b.deviation - a.deviation)[0];
  const kinks = found.reduce((sum, direction) => sum + direction.kinks, 0);
  return { ...(worst as Found), kinks, directions: found.length };
}

const SEVERITY: Readonly<Record<GradientVerdict, number>> = { right: 0, kink: 1, unclear: 2, wrong: 3 };

/** What a step does. */
interface Moved {
  readonly score: number;
  /** What the gradient says that the step has added to the score. */
  readonly predicted: number;
  /** What a gradient of this length adds to it along a random direction, as a rule: |g| |step| / sqrt(n). */
  readonly typical: number;
  /** The largest logit. */
  readonly scale: number;
}

const OUTPUTS = ["score", "predicted", "typical", "scale"] as const;

async function scoreAt(session: Session, feeds: Record<string, TensorValue>, step: number): Promise<Moved> {
  const scalar: TensorValue = { dtype: "float32", dims: [], data: Float32Array.of(step) };
  const results = await session.run({ ...feeds, step: scalar }, [...OUTPUTS]);
  const of = (name: (typeof OUTPUTS)[number]) => Number(results[name]?.data[0]);
  return { score: of("score"), predicted: of("predicted"), typical: of("typical"), scale: of("scale") };
}

/** Slopes by steps of one size, as shares of what the gradient lets expect: 1 where they are what it says. */
interface Slopes {
  readonly central: number;
  readonly left: number;
  readonly right: number;
  /** What rounding may have added to the central one. */
  readonly rounding: number;
}

/**
 * Judges one direction.
 * @param move takes a step, as a share of the tensor's size
 * @param known what no step gives, if it is known
 */
export async function judged(move: (h: number) => Promise<Moved>, known?: Moved): Promise<Found> {
  const here = known ?? (await move(0));
  const rounding = ROUNDING * here.scale;
  // with a gradient of 0, what the first step does stands for what may be expected
  let unexpected: number | undefined;
  const slopesAt = async (power: number): Promise<Slopes> => {
    const h = RATIO ** -power;
    const [above, below] = [await move(h), await move(-h)];
    const between = (up: Moved, down: Moved, steps: number) => {
      const change = up.score - down.score;
      const predicted = up.predicted - down.predicted;
      let expected = Math.max(Math.abs(predicted), (steps / 2) * (above.typical + below.typical));
      if (expected === 0) {
        // nothing flows: then nothing may change either
        if (Math.abs(change) <= 2 * rounding) return { slope: 1, expected: Number.POSITIVE_INFINITY };
        unexpected ??= Math.abs(change) / (steps * h);
        expected = unexpected * steps * h;
      }
      return { slope: 1 + (change - predicted) / expected, expected };
    };
    const { slope: central, expected } = between(above, below, 2);
    const [right, left] = [between(above, here, 1).slope, between(here, below, 1).slope];
    return { central, right, left, rounding: (2 * rounding) / expected };
  };
  const first = await slopesAt(FIRST_STEP);
  if (!Number.isFinite(first.central)) return { ...NOT_A_NUMBER };
  // where a step drowns in rounding, larger ones are all there is
  const missing = Math.ceil(Math.log(first.rounding / (RELIABLE / RATIO ** 2)) / Math.log(RATIO));
  const begin = Math.max(LARGEST_STEP, FIRST_STEP - Math.max(0, missing));
  const tried: Slopes[] = [];
  for (let power = begin; power <= SMALLEST_STEP; power++) {
    const slopes = power === FIRST_STEP ? first : await slopesAt(power);
    if (slopes.rounding > HOPELESS) break;
    tried.push(slopes);
    if (areClose(tried)) break;
  }
  return verdictOn(tried);
}

/** Whether the last two steps agree with the gradient, and so with each other. */
const areClose = (tried: readonly Slopes[]): boolean =>
  tried.length > 1 && tried.slice(-2).every(({ central }) => Math.abs(central - 1) <= CLOSE);

const ALONE = { kinks: 0, directions: 1 };

const NOT_A_NUMBER: Found = { verdict: "wrong", deviation: Number.NaN, uncertainty: 0, ...ALONE };

function verdictOn(tried: readonly Slopes[]): Found {
  const reliable = areClose(tried) ? tried : tried.filter(({ rounding }) => rounding <= RELIABLE);
  const [last, before] = [reliable.at(-1), reliable.at(-2)];
  if (!last || !before)
    return { verdict: "unclear", deviation: Number.NaN, uncertainty: Number.POSITIVE_INFINITY, ...ALONE };
  const deviation = Math.abs(last.central - 1);
  const change = (side: "central" | "left" | "right") => Math.abs(last[side] - before[side]);
  const uncertainty = change("central") + last.rounding;
  // curvature shrinks with the step, a kink does not
  const bend = Math.abs(last.right - last.left);
  const bends = bend > LARGEST_DEVIATION + 2 * last.rounding && bend > 0.7 * Math.abs(before.right - before.left);
  const kinks = bends ? 1 : 0;
  const found = { deviation, uncertainty, kinks, directions: 1 };
  const isRight = deviation <= LARGEST_DEVIATION && uncertainty <= LARGEST_DEVIATION;
  if (isRight || areClose(tried)) return { ...found, verdict: "right" };
  // a gradient that one side confirms, or that lies between the two, may be right closer by
  const outside = Math.max(0, Math.min(last.left, last.right) - 1, 1 - Math.max(last.left, last.right));
  const isConfirmed = outside <= LARGEST_DEVIATION;
  if (isConfirmed && bends && change("left") + change("right") + 2 * last.rounding <= 2 * AGREES) {
    return { ...found, deviation: outside, verdict: "kink" };
  }
  const agreeing = reliable.slice(-CONDEMNING);
  const centrals = agreeing.map(({ central }) => central);
  const spread = Math.max(...centrals) - Math.min(...centrals);
  const settled = agreeing.length === CONDEMNING && spread <= AGREES * Math.max(1, Math.abs(last.central));
  return settled && deviation > LARGEST_DEVIATION && !isConfirmed
    ? { ...found, verdict: "wrong" }
    : { ...found, kinks: 0, verdict: "unclear" };
}

/** The length of a vector over the root of its number of elements. */
function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum / values.length);
}

/**
 * The part of the network downstream of a tensor, which is moved by a step along a direction: takes `at`, `gradient`,
 * `mask`, `noise`, `step`, the target and, if another way leads past the tensor, the image; gives what `Moved` has.
 */
function stepped(classifier: Classifier, tensor: Value): Model {
  let move: Move | undefined;
  const replaced = (graph: Graph) => {
    move = moveOf(graph, tensor);
    return move.to;
  };
  const { graph } = rewrite(
    classifier.model.graph,
    (node, _, target) => (node.output === tensor ? replaced(target) : undefined),
    {
      outputs: [classifier.logits],
      input: (input, target) =>
        input === tensor ? replaced(target) : target.addInput(input.name, input.dtype, input.shape),
    },
  );
  const [logits] = graph.outputs as [Value];
  const target = graph.inputs.find(({ name }) => name === TARGET) as Value;
  const { seed } = classScore(logits, target, classifier);
  const { predicted, typical, inputs } = move as Move;
  const scale = cast(maximum(abs(logits), axesExcept(logits, []), false), "float32");
  const outputs = { score: total(mul(logits, seed)), predicted, typical, scale };
  for (const [name, value] of Object.entries(outputs)) graph.rename(value, name);
  // without what lies upstream of the tensor
  const part = rewrite(graph, () => undefined, { outputs: Object.values(outputs) });
  // past tensors that are no bottleneck, the image goes on by another way
  const image = graph.inputs.filter(({ name }) => name === IMAGE);
  const others = image.filter((input) => graph.descendants([input]).length > 0);
  const needed = new Set([...inputs, target, ...others].map((input) => part.successors.get(input)));
  part.graph.inputs.splice(0, part.graph.inputs.length, ...part.graph.inputs.filter((input) => needed.has(input)));
  return { ...classifier.model, graph: part.graph };
}

interface Move {
  readonly inputs: readonly Value[];
  readonly to: Value;
  readonly predicted: Value;
  readonly typical: Value;
}

function moveOf(graph: Graph, tensor: Value): Move {
  const input = (name: string, dims: Shape) => graph.addInputNamed(name, "float32", dims);
  const [at, gradient, mask, noise] = ["at", "gradient", "mask", "noise"].map((name) => input(name, tensor.dims)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const step = input("step", []);
  const along = add(mul(gradient, mask), noise);
  // after a ReLU many elements lie on a kink of what follows: at 0, where all of a pooling window tie
  const v = tensor.producer ? mul(along, abs(sign(at))) : along;
  const moved = add(at, mul(div(v, add(size(v), 1e-30)), step));
  const delta = sub(moved, at);
  const predicted = total(mul(gradient, delta));
  const typical = cast(mul(mul(size(gradient), size(delta)), Math.sqrt(sizeOf(tensor.dims))), "float32");
  return { inputs: [at, gradient, mask, noise, step], to: cast(moved, tensor.dtype ?? "float32"), predicted, typical };
}

const total = (x: Value): Value => cast(sum(x, axesExcept(x, []), false), "float32");

/** A bit of a hash of a position. */
const bit = (position: number, salt: number): number =>
  (Math.imul(position + 1, 0x9e3779b1 + 2 * salt) >>> (16 + salt)) & 1;

/** Root of the mean square. */
const size = (x: Value): Value => sqrt(mean(square(x), axesExcept(x, []), false));

/** A direction as a share of the gradient, and what is added to it: bits of a hash of the position. */
function directionOf(dims: Shape, direction: (typeof DIRECTIONS)[number]): { mask: TensorValue; noise: TensorValue } {
  const count = sizeOf(dims);
  const [mask, noise] = [new Float32Array(count), new Float32Array(count)];
  if (direction === "whole") mask.fill(1);
  else if (direction === "part") for (let i = 0; i < count; i++) mask[i] = bit(i, 1);
  else for (let i = 0; i < count; i++) noise[i] = 2 * bit(i, 2) - 1;
  const tensorOf = (data: Float32Array): TensorValue => ({ dtype: "float32", dims, data });
  return { mask: tensorOf(mask), noise: tensorOf(noise) };
}
