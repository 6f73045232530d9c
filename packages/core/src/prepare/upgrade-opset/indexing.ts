import { LimnError } from "../../error.js";
import { constantNumbers, type Value } from "../../graph/graph.js";
import { add, expand, mul, pad, reshape, slice } from "../../graph/math.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { required, type Upgrade } from "./upgrade.js";

/**
 * CumProd, new in 26: y_i = x_0 x_1 ... x_i along an axis.
 *
 * In log2(n) steps: after the first, each element has been multiplied by the one before it, after the second by the two
 * before these, then by four, eight ...
 */
export const cumulativeProduct: Upgrade = (site) => {
  const { at, node } = site;
  const x = required(site, 0);
  const [given = 0] = constantNumbers(required(site, 1), "axis", node.label);
  const axis = normalizeAxis(given, x.rank);
  const length = x.dims[axis] as number;
  const backwards = at.int("reverse", 0) === 1;
  let y = at.int("exclusive", 0) === 1 ? moved(x, axis, 1, backwards) : x;
  for (let step = 1; step < length; step *= 2) y = mul(y, moved(y, axis, step, backwards));
  return y;
};

/** x moved along an axis, with ones where it came from. */
function moved(x: Value, axis: number, by: number, backwards: boolean): Value {
  const length = x.dims[axis] as number;
  const kept = slice(x, [backwards ? { axis, start: by, end: length } : { axis, start: 0, end: length - by }]);
  const border = (there: boolean) => x.dims.map((_, i) => (i === axis && there ? by : 0));
  return pad(kept, [...border(!backwards), ...border(backwards)], 1);
}

/** TensorScatter, new in 24: writes an update into a cache, for each image from a place of its own on. */
export const tensorScatter: Upgrade = (site) => {
  const { at, inputs, graph, node } = site;
  const [cache, update] = [required(site, 0), required(site, 1)];
  const axis = normalizeAxis(at.int("axis", -2), cache.rank);
  const [length, count] = [cache.dims[axis] as number, update.dims[axis] as number];
  const along = (n: number, place: number) => update.dims.map((_, i) => (i === place ? n : 1));
  const order = reshape(graph.ints(Array.from({ length: count }, (_, i) => i)), along(count, axis));
  const starts = inputs[2] && reshape(inputs[2], along(update.dims[0] as number, 0));
  const places = starts ? add(order, starts) : order;
  const mode = at.string("mode", "linear");
  if (mode !== "linear" && mode !== "circular") {
    throw new LimnError(
      "bad-model",
      `${node.label}: mode "${mode}" is neither linear nor circular; export the model again`,
    );
  }
  const around = mode === "circular" ? graph.emit("Mod", [places, graph.constant("int64", [], [length])]) : places;
  return graph.emit("ScatterElements", [cache, expand(around, update.dims), update], { axis });
};
