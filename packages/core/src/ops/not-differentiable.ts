import { defineOperator, stop } from "./operator.js";

// Operators that gradients do not pass, each with the way round it.

const blocked = <const In extends string>(inputs: readonly In[], why: string) =>
  defineOperator({ inputs, gradient: stop(why) });

const CONTROL_FLOW = "control flow is not followed; choose a layer behind it, or export the model with static shapes";
const DATA_DEPENDENT = "the size of the output depends on the data; choose a layer behind it";
const DETECTION = "boxes are not followed; export the model up to its class scores";
const FOURIER = "Fourier transforms are not followed; choose a layer behind it";
const INTEGER = "integer-quantized arithmetic has no gradient; load the float32 export of the model";
const RANDOM = "the output is drawn at random; export the model in evaluation mode";
const RECURRENT = "recurrent layers are not followed; choose a layer behind it";
const SAMPLING = "sampling at computed positions is not followed; choose a layer behind it";
const SCATTER = "writes to computed positions are not followed; choose a layer behind it";

export const notDifferentiable = {
  AffineGrid: blocked(["theta", "size"], SAMPLING),
  Bernoulli: blocked(["x"], RANDOM),
  Compress: blocked(["x", "condition"], DATA_DEPENDENT),
  ConvInteger: blocked(["x", "w", "x_zero_point?", "w_zero_point?"], INTEGER),
  DFT: blocked(["x", "length?", "axis?"], FOURIER),
  DeformConv: blocked(["x", "w", "offset", "b?", "mask?"], SAMPLING),
  DequantizeLinear: blocked(["x", "scale", "zero_point?"], INTEGER),
  Det: blocked(["x"], "determinants are not followed; choose a layer behind it"),
  DynamicQuantizeLinear: blocked(["x"], INTEGER),
  GRU: blocked(["x", "w", "r", "b?", "lengths?", "h?"], RECURRENT),
  GridSample: blocked(["x", "grid"], SAMPLING),
  If: blocked(["condition"], CONTROL_FLOW),
  LSTM: blocked(["x", "w", "r", "b?", "lengths?", "h?", "c?", "p?"], RECURRENT),
  Loop: blocked(["...x"], CONTROL_FLOW),
  MatMulInteger: blocked(["a", "b", "a_zero_point?", "b_zero_point?"], INTEGER),
  MaxRoiPool: blocked(["x", "rois"], DETECTION),
  MaxUnpool: blocked(["x", "indices", "shape?"], SCATTER),
  Multinomial: blocked(["x"], RANDOM),
  NonMaxSuppression: blocked(
    ["boxes", "scores", "max_output_boxes_per_class?", "iou_threshold?", "score_threshold?"],
    DETECTION,
  ),
  QLinearConv: blocked(
    ["x", "x_scale", "x_zero_point", "w", "w_scale", "w_zero_point", "y_scale", "y_zero_point", "b?"],
    INTEGER,
  ),
  QLinearMatMul: blocked(
    ["a", "a_scale", "a_zero_point", "b", "b_scale", "b_zero_point", "y_scale", "y_zero_point"],
    INTEGER,
  ),
  QuantizeLinear: blocked(["x", "scale", "zero_point?"], INTEGER),
  RNN: blocked(["x", "w", "r", "b?", "lengths?", "h?"], RECURRENT),
  RandomNormalLike: blocked(["x"], RANDOM),
  RandomUniformLike: blocked(["x"], RANDOM),
  Range: blocked(
    ["start", "limit", "delta"],
    "ranges that depend on the data are not followed; export the model with static shapes",
  ),
  ReduceProd: blocked(["x", "axes?"], "products over an axis are not followed; choose a layer behind it"),
  RoiAlign: blocked(["x", "rois", "batch_indices"], DETECTION),
  STFT: blocked(["signal", "step", "window?", "length?"], FOURIER),
  Scan: blocked(["...x"], CONTROL_FLOW),
  Scatter: blocked(["x", "indices", "updates"], SCATTER),
  ScatterElements: blocked(["x", "indices", "updates"], SCATTER),
  ScatterND: blocked(["x", "indices", "updates"], SCATTER),
  TopK: blocked(["x", "k"], "sorting is not followed; export the model up to its class scores"),
  Unique: blocked(["x"], DATA_DEPENDENT),
};
