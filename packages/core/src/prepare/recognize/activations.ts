import type { Node, Value } from "../../graph/graph.js";
import { mul, sigmoid } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { sameShape } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import { applied, type Expression, expressionOf, isStep, number, plus, sameFunction, times, x } from "./expression.js";

/** An activation in the form that it gets, by what it computes. */
interface Activation {
  readonly is: Expression;
  readonly write: (x: Value, node: Node) => Value | undefined;
}

const half = number(0.5);
const cube = times(x, times(x, x));

const as =
  (opType: string, attributes = {}): Activation["write"] =>
  (x, node) =>
    restate(node, [x], x.graph, { opType, without: [...node.attributes.keys()], attributes })[0];

const ACTIVATIONS: readonly Activation[] = [
  {
    // x Phi(x) = x (1 + erf(x / sqrt 2)) / 2
    is: times(times(half, x), plus(number(1), applied("erf", times(number(Math.SQRT1_2), x)))),
    write: as("Gelu", { approximate: "none" }),
  },
  {
    // x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2
    is: times(
      times(half, x),
      plus(number(1), applied("tanh", times(number(Math.sqrt(2 / Math.PI)), plus(x, times(number(0.044715), cube))))),
    ),
    write: as("Gelu", { approximate: "tanh" }),
  },
  {
    // x min(max(x / 6 + 1/2, 0), 1)
    is: times(x, applied("clip", plus(times(number(1 / 6), x), half))),
    write: as("HardSwish"),
  },
  {
    // SiLU, which the dialect has no operator for
    is: times(x, applied("sigmoid", x)),
    write: (x) => mul(x, sigmoid(x)),
  },
];

/** The last step of an activation may be any of these. */
const LAST: ReadonlySet<string> = new Set(["Mul", "Div", "Add"]);

/**
 * Writes activations that were exported by their parts as one node: Gelu by erf or tanh, HardSwish; and SiLU, whatever the order
 * of its factors, as x sigmoid(x).
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
  for (const x of argumentsOf(inputs)) {
    if (!x.shape || !node.output.shape || !sameShape(x.shape, node.output.shape)) continue;
    const expression = expressionOf(node, inputs, x);
    const found = expression && ACTIVATIONS.find(({ is }) => sameFunction(expression, is));
    if (found) return found.write(x, node);
  }
  return undefined;
}

/** As many steps as lie between x and an activation of it. */
const DEEPEST = 8;

/** What a node may compute a function of: everything that is read on the way to it, the nearest first. */
function argumentsOf(inputs: readonly (Value | undefined)[]): Set<Value> {
  const found = new Set<Value>();
  let reached = inputs;
  for (let depth = 0; depth < DEEPEST && reached.length > 0; depth++) {
    const values = reached.filter((v): v is Value => v !== undefined && !v.initializer && !found.has(v));
    for (const value of values) found.add(value);
    reached = values.flatMap(({ producer }) => (producer && isStep(producer) ? producer.inputs : []));
  }
  return found;
}
