import { LimnError } from "../error.js";
import { constantNumbers, type Value } from "../graph/graph.js";
import { mul } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import { type Mixture, unmixAlong } from "./along-axis.js";
import { interpolation } from "./interpolation.js";
import { defineOperator, plain, share, type Wires } from "./operator.js";

type ResizeWires = Wires<"x" | "roi?" | "scales?" | "sizes?">;

export const Resize = defineOperator({
  inputs: ["x", "roi?", "scales?", "sizes?"],
  // y = x interpolated along each axis, which is linear, so dx is the transposed interpolation of dy
  gradient: {
    x: (wires) => {
      const { x, y, dy } = wires;
      const scales = scalesOf(wires);
      const mixtures = x.dims.map((from, axis) =>
        from === y.dims[axis] && scales[axis] === 1 ? undefined : mixturesOf(wires, axis, scales[axis] as number),
      );
      return (
        repetitionsBack(x, dy, mixtures) ??
        mixtures.reduce((dx, m, axis) => (m ? unmixAlong(dx, axis, m, x.dims[axis] as number) : dx), dy)
      );
    },
  },
  relevance: share,
  layout: "moves",
  // cubic interpolation overshoots
  sign: ({ at }) => (at.string("mode", "nearest") === "cubic" ? "any" : "keeps"),
  ...plain,
});

/** The scale of each axis. */
function scalesOf({ x, y, scales, sizes, at, node }: ResizeWires): number[] {
  const given = !sizes && scales ? constantNumbers(scales, "scales", node.label) : undefined;
  const axes = at.ints(
    "axes",
    x.dims.map((_, i) => i),
  );
  const factors = x.dims.map((from, i) => (given ? 1 : (y.dims[i] as number) / from));
  given?.forEach((scale, i) => {
    factors[normalizeAxis(axes[i] as number, x.rank)] = scale;
  });
  return factors;
}

function mixturesOf({ x, y, at, node }: ResizeWires, axis: number, scale: number): Mixture[] {
  const mode = at.string("mode", "nearest");
  const coordinates = at.string("coordinate_transformation_mode", "half_pixel");
  const resized = { from: x.dims[axis] as number, to: y.dims[axis] as number, scale };
  const mixtures = interpolation(resized, mode, coordinates, at.string("nearest_mode", "round_prefer_floor"));
  const antialias = at.int("antialias", 0) === 1 && mode !== "nearest";
  const policy = at.string("keep_aspect_ratio_policy", "stretch");
  if (mixtures && !antialias && policy === "stretch") return mixtures;
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn can't differentiate mode ${mode}, ${coordinates}, antialias ${antialias ? 1 : 0}, ${policy}; ` +
      "choose a layer downstream of it",
  );
}

/** dx as the sum over copies, if every element is repeated a whole number of times along each spatial axis. */
function repetitionsBack(x: Value, dy: Value, mixtures: readonly (Mixture[] | undefined)[]): Value | undefined {
  const factors = x.dims.map((from, axis) => (dy.dims[axis] as number) / from);
  const [images, channels, ...kernel] = factors;
  const spatial = images === 1 && channels === 1 && kernel.length > 0;
  if (!spatial || !mixtures.every((m, axis) => !m || repeats(m, factors[axis] as number))) return undefined;
  // the mean over copies times their number: average pooling is ONNX Runtime's fastest way to add them
  const means = dy.graph.emit("AveragePool", [dy], { kernel_shape: kernel, strides: kernel });
  return mul(means, sizeOf(kernel));
}

const repeats = (mixtures: readonly Mixture[], factor: number): boolean =>
  Number.isInteger(factor) &&
  mixtures.every(([first, ...others], i) => others.length === 0 && first?.[0] === Math.floor(i / factor));
