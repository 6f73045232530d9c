import { gradientBy, wiresOf } from "../backward.js";
import type { Node, Value } from "../graph/graph.js";
import { div, mul, sub, sumOf } from "../graph/math.js";
import { inputName, type LinearForm } from "../ops/operator.js";
import { calling, operatorOf } from "../ops/registry.js";
import type { LinearLayer } from "../rules/rule.js";
import type { Bias } from "../rules/settings.js";

/** How rules see a node that is linear in one of its inputs: the same for every operator. */
export function linearLayerOf(
  node: Node,
  index: number,
  {
    form,
    bias,
    nonNegative,
    standIn,
    range,
  }: {
    readonly form: LinearForm;
    readonly bias: Bias;
    readonly nonNegative: boolean;
    /** What may stand for the output; see `Proportions`. */
    readonly standIn: Value | undefined;
    readonly range: LinearLayer["range"];
  },
): LinearLayer {
  const operator = operatorOf(node);
  const signal = inputName(operator, index) as string;
  const weights = form.weights[signal] as string;
  const named = new Map(node.inputs.flatMap((input, i) => (input ? [[inputName(operator, i) as string, input]] : [])));
  const wires = wiresOf(node, index, [node.output]);
  const shifts = Object.entries(form.shifts).flatMap(([name, shift]) =>
    named.has(name) && shift
      ? [{ name, value: calling(node, `shift by "${name}"`, () => (shift as (w: object) => Value)(wires)) }]
      : [],
  );
  const [first, ...others] = shifts.map(({ value }) => value);
  const b = first && sumOf([first, ...others]);
  const ignored = bias === "ignore" ? b : undefined;
  const z = node.output;
  const { factor: factorOf } = form;
  const factor = factorOf ? calling(node, "factor", () => (factorOf as (w: object) => Value | number)(wires)) : 1;
  const W = named.get(weights) as Value;
  /** What to put in the place of the weights, so that the layer's weights are W. */
  const inPlace = (W: Value) => (factor === 1 ? W : div(W, factor));
  const transposed = (s: Value, W: Value) =>
    gradientBy(node, index, { ...wires, [weights]: inPlace(W), dy: s, dys: [s] });
  return {
    label: node.label,
    kind: form.kind,
    a: named.get(signal) as Value,
    nonNegative,
    W: factor === 1 ? W : mul(W, factor),
    b: ignored ? undefined : b,
    // the forward pass has computed it already
    ...(ignored ? { z: sub(z, ignored), sign: undefined } : { z: standIn ?? z, sign: standIn && 1 }),
    range,
    forward: (a, W) => {
      // a diagonal matrix is its own transpose
      if (form.kind === "normalization") return transposed(a, W);
      const replaced = new Map<string, Value | undefined>([...named, [signal, a], [weights, inPlace(W)]]);
      for (const { name } of shifts) replaced.set(name, without(node, name, named.get(name) as Value));
      const inputs = node.inputs.map((_, i) => replaced.get(inputName(operator, i) as string));
      const length = inputs.findLastIndex((input) => input !== undefined) + 1;
      return z.graph.repeat(node, inputs.slice(0, length));
    },
    transpose: transposed,
  };
}

/** No input if it is optional, zeros if it is required. */
function without(node: Node, name: string, shift: Value): Value | undefined {
  const optional = operatorOf(node).inputs.includes(`${name}?`);
  return optional
    ? undefined
    : shift.graph.constant(shift.dtype ?? "float32", shift.dims, new Array(shift.dims[0] ?? 1).fill(0));
}
