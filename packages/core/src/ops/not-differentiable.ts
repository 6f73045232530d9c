import { defineOperator, type Facts, type Operator, plain, stop } from "./operator.js";

// Operators that gradients can't pass, each with the reason and what to do instead.

const blocked = <const In extends string>(
  inputs: readonly In[],
  why: string,
  { layout = "ends", numbers = "computed" }: Partial<Facts> = {},
): Operator => defineOperator({ inputs, gradient: stop(why), layout, sign: "any", gate: plain.gate, numbers });

const drawn = <const In extends string>(...inputs: In[]): Operator =>
  blocked(inputs, "the output is drawn at random; export the model in evaluation mode", { numbers: "drawn" });

const CONTROL_FLOW =
  "Limn does not differentiate control flow that depends on the image, nor loops of more than 256 turns; choose a layer downstream of it, or export the model with static shapes";
const DATA_DEPENDENT = "the size of the output depends on the data; choose a layer downstream of it";
const DETECTION = "Limn does not differentiate boxes; export the model up to its class scores";
const FOURIER = "Limn does not differentiate Fourier transforms; choose a layer downstream of it";
const LOSS = "Limn does not differentiate training losses; export the model up to its class scores";
const OPTIONAL = "Limn does not differentiate values that may be missing; export the model with static shapes";
const SAMPLING = "Limn does not differentiate sampling at computed positions; choose a layer downstream of it";
const SEQUENCE =
  "Limn does not differentiate sequences of unknown length; export the model with static shapes, or without sequences";

export const notDifferentiableOperators = {
  Bernoulli: drawn("x"),
  Compress: blocked(["x", "condition"], DATA_DEPENDENT),
  ConcatFromSequence: blocked(["sequence"], SEQUENCE),
  DFT: blocked(["x", "length?", "axis?"], FOURIER),
  DeformConv: blocked(["x", "w", "offset", "b?", "mask?"], SAMPLING, { layout: "spatial" }),
  Det: blocked(["x"], "Limn does not differentiate determinants; choose a layer downstream of it"),
  If: blocked(["condition"], CONTROL_FLOW),
  Loop: blocked(["...x"], CONTROL_FLOW),
  MaxRoiPool: blocked(["x", "rois"], DETECTION),
  Multinomial: drawn("x"),
  NegativeLogLikelihoodLoss: blocked(["x", "target", "weight?"], LOSS),
  NonMaxSuppression: blocked(
    ["boxes", "scores", "max_output_boxes_per_class?", "iou_threshold?", "score_threshold?"],
    DETECTION,
  ),
  Optional: blocked(["x?"], OPTIONAL),
  OptionalGetElement: blocked(["x"], OPTIONAL),
  RandomNormal: drawn(),
  RandomNormalLike: drawn("x"),
  RandomUniform: drawn(),
  RandomUniformLike: drawn("x"),
  Range: blocked(
    ["start", "limit", "delta"],
    "Limn does not differentiate ranges that depend on the data; export the model with static shapes",
  ),
  RoiAlign: blocked(["x", "rois", "batch_indices"], DETECTION),
  STFT: blocked(["signal", "step", "window?", "length?"], FOURIER),
  Scan: blocked(["...x"], CONTROL_FLOW),
  SequenceAt: blocked(["sequence", "position"], SEQUENCE),
  SequenceConstruct: blocked(["...x"], SEQUENCE),
  SequenceEmpty: blocked([], SEQUENCE),
  SequenceErase: blocked(["sequence", "position?"], SEQUENCE),
  SequenceInsert: blocked(["sequence", "x", "position?"], SEQUENCE),
  SequenceMap: blocked(["...x"], SEQUENCE),
  SoftmaxCrossEntropyLoss: blocked(["scores", "labels", "weights?"], LOSS),
  SplitToSequence: blocked(["x", "split?"], SEQUENCE),
  Unique: blocked(["x"], DATA_DEPENDENT),
};
