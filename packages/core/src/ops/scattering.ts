import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { cast, div, equal, expand, mul, scalar, sub, where } from "../graph/math.js";
import { defineOperator, type Operator, plain, share, type Wires } from "./operator.js";
import { byPositions } from "./piecewise-constant.js";

type ScatteringWires = Wires<"x" | "indices" | "updates">;

/** How several numbers become one where they meet. */
type Reduction = "none" | "add" | "mul" | "max" | "min";

/** Writes v over `base` at the positions, or joins it to what is there. */
type Write = (wires: ScatteringWires, base: Value, v: Value, reduction: Reduction) => Value;

/** Reads a value of x's shape at the positions. */
type Read = (wires: ScatteringWires, from: Value) => Value;

/** The gradient by x, and by the updates; each in its shape. */
interface Shares {
  readonly x: () => Value;
  readonly updates: () => Value;
}

/** Defines an operator that writes updates over x, or joins them to it, at computed positions. */
export const scattering = (write: Write, read: Read): Operator =>
  defineOperator({
    inputs: ["x", "indices", "updates"],
    gradient: {
      x: (wires) => sharesOf(wires, write, read).x(),
      indices: byPositions,
      updates: (wires) => sharesOf(wires, write, read).updates(),
    },
    relevance: share,
    layout: "keeps",
    sign: "keeps",
    ...plain,
  });

function sharesOf(wires: ScatteringWires, write: Write, read: Read): Shares {
  const { updates, dy, at, node } = wires;
  const reduction = at.string("reduction", "none");
  switch (reduction) {
    case "none":
      // dx is 0 where x was overwritten
      return {
        x: () => write(wires, dy, expand(scalar(0, updates), updates.dims), "none"),
        updates: () => read(wires, dy),
      };
    case "add":
      return { x: () => dy, updates: () => read(wires, dy) };
    case "mul":
      return ofProduct(wires, write, read);
    case "max":
    case "min":
      return ofExtreme(wires, write, read);
    default:
      throw new LimnError(
        "unsupported",
        `${node.label}: Limn can't differentiate reduction "${reduction}"; choose a layer downstream of it`,
      );
  }
}

/** y is the product of all that meet: dv = dy times the others, which is y / v unless there are zeros. */
function ofProduct(wires: ScatteringWires, write: Write, read: Read): Shares {
  const { x, updates, dy } = wires;
  const isZero = (v: Value) => cast(equal(v, 0), dy.dtype ?? "float32");
  const nonZero = (v: Value) => where(equal(v, 0), 1, v);
  const product = write(wires, nonZero(x), nonZero(updates), "mul");
  const zeros = write(wires, isZero(x), isZero(updates), "add");
  const scaled = mul(dy, product);
  const share = (v: Value, scaled: Value, zeros: Value) => mul(div(scaled, nonZero(v)), isZero(sub(zeros, isZero(v))));
  return {
    x: () => share(x, scaled, zeros),
    updates: () => share(updates, read(wires, scaled), read(wires, zeros)),
  };
}

/** y is the largest of all that meet, or the smallest: those that are as large have dy in equal parts, as in PyTorch. */
function ofExtreme(wires: ScatteringWires, write: Write, read: Read): Shares {
  const { x, y, updates, dy } = wires;
  const wins = (v: Value, y: Value) => cast(equal(v, y), dy.dtype ?? "float32");
  const [own, others] = [wins(x, y), wins(updates, read(wires, y))];
  const each = div(dy, write(wires, own, others, "add"));
  return { x: () => mul(own, each), updates: () => mul(others, read(wires, each)) };
}
