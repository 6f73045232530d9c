import { type AttributeInit, float } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import { mul, scalar, sigmoid as sigmoidOf } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { sameShape } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import {
  applied,
  clip,
  type Expression,
  erf,
  isFunction,
  number,
  plus,
  relu,
  sameFunction,
  scaled,
  sigmoid,
  tanh,
  times,
  x,
} from "./expression.js";
import { argumentsOf, expressionOf, isStep } from "./steps.js";

/** An activation in the form that it gets, by what it computes. */
interface Activation {
  readonly is: Expression;
  readonly write: Write;
}

type Write = (x: Value, node: Node) => Value | undefined;

const half = number(0.5);
const cube = times(x, times(x, x));

const as =
  (opType: string, attributes: AttributeInit = {}): Write =>
  (x, node) =>
    restate(node, [x], x.graph, { opType, without: [...node.attributes.keys()], attributes })[0];

const ACTIVATIONS: readonly Activation[] = [
  { is: relu(x), write: as("Relu") },
  {
    // x Phi(x) = x (1 + erf(x / sqrt 2)) / 2
    is: times(times(half, x), plus(number(1), erf(scaled(x, Math.SQRT1_2)))),
    write: as("Gelu", { approximate: "none" }),
  },
  {
    // x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2
    is: times(times(half, x), plus(number(1), tanh(scaled(plus(x, scaled(cube, 0.044715)), Math.sqrt(2 / Math.PI))))),
    write: as("Gelu", { approximate: "tanh" }),
  },
  {
    // x min(max(x / 6 + 1/2, 0), 1)
    is: times(x, clip(plus(scaled(x, 1 / 6), half))),
    write: as("HardSwish"),
  },
  { is: times(x, tanh(applied("softplus", x))), write: as("Mish") },
  {
    // SiLU, which the dialect has no operator for
    is: times(x, sigmoid(x)),
    write: (x) => mul(x, sigmoidOf(x)),
  },
  { is: sigmoid(x), write: as("Sigmoid") },
];

/** The last step of an activation may be any of these. */
const LAST: ReadonlySet<string> = new Set(["Mul", "Div", "Add", "Sub", "Reciprocal", "Max", "Min", "Clip"]);

/**
 * Writes activations that were exported by their parts as one node: Relu, Gelu by erf or tanh, HardSwish, Mish, Sigmoid, HardSigmoid
 * and the Clip of ReLU6; and SiLU, whatever the order of its factors, as x sigmoid(x).
 *
 * Requires: inferred types, folded constants. Ensures: none of these is left in parts, however the parts were written.
 */
export function recognizeActivations(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, inputs) =>
    LAST.has(node.opType) && isStep(node) ? activated(node, inputs) : undefined,
  );
  return { ...model, graph };
}

/** What a node is the last step of, in the form that it gets. */
function activated(node: Node, inputs: readonly (Value | undefined)[]): Value | undefined {
  const candidates = [...argumentsOf(inputs)].flatMap((x) => {
    const isSameSize = x.shape && node.output.shape && sameShape(x.shape, node.output.shape);
    const expression = isSameSize ? expressionOf(node, inputs, x) : undefined;
    return expression ? [{ x, expression }] : [];
  });
  for (const { x, expression } of candidates) {
    const found = ACTIVATIONS.find(({ is }) => sameFunction(expression, is));
    if (found) return found.write(x, node);
  }
  // a slope is part of it, so that what it is applied to lies furthest away
  for (const { x, expression } of candidates.toReversed()) {
    const write = clipped(expression, node);
    if (write) return write(x, node);
  }
  return undefined;
}

/**
 * HardSigmoid and ReLU6, of any slope and bound:
 *
 *   clip(slope x + 1/2)        bound clip(x / bound)        clip: to the range from 0 to 1
 */
function clipped([product, ...others]: Expression, node: Node): Write | undefined {
  const [clip, ...more] = product?.of ?? [];
  if (!product || !isFunction(clip, "clip") || others.length > 0 || more.length > 0) return undefined;
  const slope = clip.of.find(({ of }) => of.length === 1)?.factor ?? 0;
  const { factor } = product;
  if (sameFunction(clip.of, plus(scaled(x, slope), half)) && sameFunction([product], [{ factor: 1, of: product.of }])) {
    return as("HardSigmoid", { alpha: float(slope), beta: float(0.5) });
  }
  const isBound = node.opType !== "Clip" && sameFunction(clip.of, scaled(x, 1 / factor));
  return isBound ? (x) => x.graph.emit("Clip", [x, scalar(0, x), scalar(factor, x)]) : undefined;
}
