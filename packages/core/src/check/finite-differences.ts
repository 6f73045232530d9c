import { gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf, IMAGE, TARGET, targetTensor } from "../compile/interface.js";
import type { Graph, Value } from "../graph/graph.js";
import { abs, add, axesExcept, cast, div, mean, mul, sign, sqrt, square, sum } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat, type Shape, sizeOf } from "../graph/tensor.js";
import { layersOf } from "../layers.js";
import { classScore } from "../methods/seed.js";
import { runOnce, withSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";

/** How well the gradient by one tensor agrees with what small steps along it do to the score. */
export interface GradientCheck {
  /** The tensor's name. */
  readonly tensor: string;
  /** The stage that it stands for; undefined for the image. */
  readonly stage: string | undefined;
  /** The largest relative difference, over all directions, between the slope by the gradient and the slope by small steps. */
  readonly deviation: number;
}

/** The `deviation` of correct gradients stays below it: float32 rounds small steps, and larger ones meet kinks of ReLUs. */
export const LARGEST_DEVIATION = 0.05;

/** Steps as fractions of the tensor's own size: larger ones meet kinks, smaller ones drown in rounding. The best counts. */
const STEPS = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4];

/** Number of directions: the gradient itself, and parts of it, each with a random half of its elements. */
const DIRECTIONS = 4;

/**
 * Tests the gradient of the target's score by central differences, on the user's own model and image: by the image, and
 * by the activation of every stage, so that an error can be located between two of them.
 *
 *   g . v  =  (y(x + h v) - y(x - h v)) / 2h      v = the gradient where a random mask is 1, 0 elsewhere
 *
 * @param image the preprocessed image, a batch of one, in the shape of the model's input
 * @param target a class index; -1 stands for the predicted class
 * @returns the image first, then the stages in order
 * @throws LimnError `unsupported` if an operator has no gradient, `runtime` with ONNX Runtime's reason
 * @example
 * const { ok, problems } = judgeGradient(await checkGradient(classifier, runtime, image));
 */
export async function checkGradient(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  target = -1,
): Promise<GradientCheck[]> {
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const score = addScore(copy);
  const gradient = gradientFrom(score.logits, score.seed);
  const stages = layersOf(copy).filter(({ stage, value }) => stage !== undefined && isFloat(value.dtype));
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
    results.push({ tensor, stage, deviation: await deviationAt(copy, runtime, value, at, gradient, chosen) });
  }
  return results;
}

async function deviationAt(
  classifier: Classifier,
  runtime: Runtime,
  tensor: Value,
  at: TensorValue,
  gradient: TensorValue,
  target: number,
): Promise<number> {
  return withSession(stepped(classifier, tensor), runtime, { weights: classifier.weights }, async (session) => {
    let worst = 0;
    for (let direction = 0; direction < DIRECTIONS; direction++) {
      const feeds = { at, gradient, mask: maskOf(at.dims, direction), [TARGET]: targetTensor(classifier, target) };
      let best = Number.POSITIVE_INFINITY;
      for (const step of STEPS) best = Math.min(best, await deviationOf(session, feeds, step));
      worst = Math.max(worst, best);
    }
    return worst;
  });
}

async function deviationOf(session: Session, feeds: Record<string, TensorValue>, step: number): Promise<number> {
  const run = async (h: number) => {
    const scale: TensorValue = { dtype: "float32", dims: [], data: Float32Array.of(h) };
    const results = await session.run({ ...feeds, step: scale }, ["score", "slope", "length"]);
    return (name: string) => Number(results[name]?.data[0]);
  };
  const [above, below] = [await run(step), await run(-step)];
  const slope = above("slope");
  // no gradient arrives, so the score must not change either
  if (slope === 0) return above("score") === below("score") ? 0 : 1;
  const difference = (above("score") - below("score")) / (2 * step * above("length"));
  return Math.abs(difference - slope) / Math.abs(slope);
}

/**
 * The part of the network downstream of a tensor, which moves the tensor by a step along its masked gradient. It takes
 * `at`, `gradient`, `mask`, `step` and the target, and gives the score there, the slope by the gradient, and the length of
 * a step of 1.
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
  const { seed } = classScore(logits, target);
  const { slope, length, inputs } = move as Move;
  const outputs = { score: total(mul(logits, seed)), slope, length };
  for (const [name, value] of Object.entries(outputs)) graph.rename(value, name);
  // without what lies upstream of the tensor
  const part = rewrite(graph, () => undefined, { outputs: Object.values(outputs) });
  const needed = new Set([...inputs, target].map((input) => part.successors.get(input)));
  part.graph.inputs.splice(0, part.graph.inputs.length, ...part.graph.inputs.filter((input) => needed.has(input)));
  return { ...classifier.model, graph: part.graph };
}

interface Move {
  readonly inputs: readonly Value[];
  readonly to: Value;
  readonly slope: Value;
  readonly length: Value;
}

function moveOf(graph: Graph, tensor: Value): Move {
  const input = (name: string, dims: Shape) => graph.addInputNamed(name, "float32", dims);
  const [at, gradient, mask] = [input("at", tensor.dims), input("gradient", tensor.dims), input("mask", tensor.dims)];
  const step = input("step", []);
  // after a ReLU many elements are 0, and there max pooling has a kink, since all elements of a window tie
  const v = mul(mul(gradient, mask), abs(sign(at)));
  // a step of 1 would be as large as the tensor itself
  const length = div(add(size(at), 1e-6), add(size(v), 1e-30));
  const to = cast(add(at, mul(mul(v, length), step)), tensor.dtype ?? "float32");
  return { inputs: [at, gradient, mask, step], to, slope: total(mul(gradient, v)), length };
}

const total = (x: Value): Value => cast(sum(x, axesExcept(x, []), false), "float32");

/** Root of the mean square. */
const size = (x: Value): Value => sqrt(mean(square(x), axesExcept(x, []), false));

/** Ones for the first direction; for the others, ones and zeros by the bits of a hash of the position. */
function maskOf(dims: Shape, direction: number): TensorValue {
  const bit = (i: number) => (Math.imul(i + 1, 0x9e3779b1 + 2 * direction) >>> (16 + direction)) & 1;
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => (direction === 0 ? 1 : bit(i)));
  return { dtype: "float32", dims, data };
}
