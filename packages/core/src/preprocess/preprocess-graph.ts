import { type AttributeInit, float } from "../graph/attributes.js";
import { Graph, type Value } from "../graph/graph.js";
import { add, cast, div, floor, gather, mul, reshape, squeeze, sub, sum, transpose, unsqueeze } from "../graph/math.js";
import { type Model, ownModel } from "../graph/model.js";
import { checkFits, type ImageInput, inputShape } from "./image-input.js";
import type { Channels, Preprocessing, Resample } from "./preprocessing.js";

/**
 * Preprocessing as a model, so that every runtime computes the same. It works for pictures of all sizes.
 *
 * Inputs:
 * - `pixels` uint8 [H,W,3], red first
 * - `resized` int64 [2], height and width after resizing; only if the preprocessing resizes
 * - `border` int64 [4], see Geometry
 *
 * Output: `image` float32, in the shape of the model's input.
 * @throws LimnError `bad-input` if the preprocessing does not fit the model's input
 */
export function preprocessGraph(preprocessing: Preprocessing, input: ImageInput): Model {
  checkFits(preprocessing, input, "preprocessing");
  const { resize, resample, channels, layout, mean, std, rescale } = preprocessing;
  const graph = new Graph();
  const pixels = graph.addInput("pixels", "uint8", undefined);
  graph.within("preprocess", () => {
    let x = unsqueeze(transpose(pixels, [2, 0, 1]), [0]);
    if (channels === "gray") x = luma(x);
    if (resize !== "none") x = resampled(x, graph.addInput("resized", "int64", [2]), resample);
    x = framed(x, graph.addInput("border", "int64", [4]));
    x = reshape(x, inputShape({ ...input, layout: "nchw" }));
    x = inOrder(cast(x, "float32"), channels);
    x = standardized(x, rescale, mean, std);
    if (layout === "nhwc") x = transpose(x, [0, 2, 3, 1]);
    graph.rename(x, "image");
    graph.outputs.push(x);
  });
  return ownModel(graph);
}

const ROWS = 2;
const COLUMNS = 3;

// PIL: L = (19595 R + 38470 G + 7471 B + 2^15) >> 16; below 2^24, so float32 is exact
function luma(x: Value): Value {
  const weights = x.graph.constant("float32", [1, 3, 1, 1], [19595, 38470, 7471]);
  const weighted = sum(mul(cast(x, "float32"), weights), [1]);
  return cast(floor(mul(add(weighted, 2 ** 15), 2 ** -16)), "uint8");
}

function resampled(x: Value, size: Value, resample: Resample): Value {
  if (resample === "nearest") return nearest(nearest(x, size, ROWS), size, COLUMNS);
  return x.graph.emit("Resize", [x, undefined, undefined, size], FILTERS[resample]);
}

// On uint8, ONNX Runtime's antialiased kernels are PIL's: columns first, then rows, 22-bit fixed point,
// rounded to 8 bits in between. PIL leaves out taps outside of the picture.
const PIL = {
  antialias: 1,
  axes: [ROWS, COLUMNS],
  coordinate_transformation_mode: "half_pixel",
  exclude_outside: 1,
} satisfies AttributeInit;

const FILTERS = {
  bilinear: { ...PIL, mode: "linear" },
  bicubic: { ...PIL, mode: "cubic", cubic_coeff_a: float(-0.5) },
} satisfies Record<Exclude<Resample, "nearest">, AttributeInit>;

// y_i = x_j,  j = floor((i + 1/2) * in / out) = (2i + 1) * in div (2 * out), in whole numbers;
// if that falls between two pixels, PIL's running sum of steps may round to the one before
function nearest(x: Value, size: Value, axis: number): Value {
  const { graph } = x;
  const from = gather(graph.emit("Shape", [x]), [axis], 0);
  const to = gather(size, [axis - ROWS], 0);
  const zero = graph.constant("int64", [], [0]);
  const one = graph.constant("int64", [], [1]);
  const i = graph.emit("Range", [zero, squeeze(to, [0]), one]);
  const j = div(mul(add(mul(i, 2), 1), from), mul(to, 2));
  return graph.emit("Gather", [x, j], { axis });
}

/** Adds black borders, or cuts borders off, by positive and negative widths of Pad. */
function framed(x: Value, border: Value): Value {
  const { graph } = x;
  const black = graph.constant("uint8", [], [0]);
  return graph.emit("Pad", [x, border, black, graph.ints([ROWS, COLUMNS])], { mode: "constant" });
}

const inOrder = (x: Value, channels: Channels): Value => (channels === "bgr" ? gather(x, [2, 1, 0], 1) : x);

// y = (x * rescale - mean) / std
function standardized(x: Value, rescale: number, mean: readonly number[], std: readonly number[]): Value {
  const perChannel = (values: readonly number[]) => x.graph.constant("float32", [1, values.length, 1, 1], values);
  const scaled = rescale === 1 ? x : mul(x, rescale);
  const centered = mean.every((m) => m === 0) ? scaled : sub(scaled, perChannel(mean));
  return std.every((s) => s === 1) ? centered : div(centered, perChannel(std));
}
