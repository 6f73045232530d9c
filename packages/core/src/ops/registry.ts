import { LimnError } from "../error.js";
import type { Node } from "../graph/graph.js";
import { Abs } from "./Abs.js";
import { Add } from "./Add.js";
import { Atan } from "./Atan.js";
import { AveragePool } from "./AveragePool.js";
import { BatchNormalization } from "./BatchNormalization.js";
import { Cast } from "./Cast.js";
import { Celu } from "./Celu.js";
import { Clip } from "./Clip.js";
import { Concat } from "./Concat.js";
import { Conv } from "./Conv.js";
import { ConvTranspose } from "./ConvTranspose.js";
import { Cos } from "./Cos.js";
import { CumSum } from "./CumSum.js";
import { DepthToSpace } from "./DepthToSpace.js";
import { Div } from "./Div.js";
import { Dropout } from "./Dropout.js";
import { Einsum } from "./Einsum.js";
import { Elu } from "./Elu.js";
import { Erf } from "./Erf.js";
import { Exp } from "./Exp.js";
import { Expand } from "./Expand.js";
import { Flatten } from "./Flatten.js";
import { Gather } from "./Gather.js";
import { GatherElements } from "./GatherElements.js";
import { GatherND } from "./GatherND.js";
import { Gelu } from "./Gelu.js";
import { Gemm } from "./Gemm.js";
import { GlobalAveragePool } from "./GlobalAveragePool.js";
import { GlobalMaxPool } from "./GlobalMaxPool.js";
import { GroupNormalization } from "./GroupNormalization.js";
import { HardSigmoid } from "./HardSigmoid.js";
import { HardSwish } from "./HardSwish.js";
import { Identity } from "./Identity.js";
import { InstanceNormalization } from "./InstanceNormalization.js";
import { LayerNormalization } from "./LayerNormalization.js";
import { LeakyRelu } from "./LeakyRelu.js";
import { Log } from "./Log.js";
import { LogSoftmax } from "./LogSoftmax.js";
import { LRN } from "./LRN.js";
import { MatMul } from "./MatMul.js";
import { Max } from "./Max.js";
import { MaxPool } from "./MaxPool.js";
import { Mean } from "./Mean.js";
import { Min } from "./Min.js";
import { Mish } from "./Mish.js";
import { Mul } from "./Mul.js";
import { Neg } from "./Neg.js";
import { notDifferentiable } from "./not-differentiable.js";
import type { Operator } from "./operator.js";
import { Pad } from "./Pad.js";
import { Pow } from "./Pow.js";
import { PRelu } from "./PRelu.js";
import { piecewiseConstant } from "./piecewise-constant.js";
import { Reciprocal } from "./Reciprocal.js";
import { ReduceL1 } from "./ReduceL1.js";
import { ReduceL2 } from "./ReduceL2.js";
import { ReduceLogSum } from "./ReduceLogSum.js";
import { ReduceLogSumExp } from "./ReduceLogSumExp.js";
import { ReduceMax } from "./ReduceMax.js";
import { ReduceMean } from "./ReduceMean.js";
import { ReduceMin } from "./ReduceMin.js";
import { ReduceSum } from "./ReduceSum.js";
import { ReduceSumSquare } from "./ReduceSumSquare.js";
import { Relu } from "./Relu.js";
import { Reshape } from "./Reshape.js";
import { Resize } from "./Resize.js";
import { Selu } from "./Selu.js";
import { Sigmoid } from "./Sigmoid.js";
import { Sin } from "./Sin.js";
import { Slice } from "./Slice.js";
import { Softmax } from "./Softmax.js";
import { Softplus } from "./Softplus.js";
import { Softsign } from "./Softsign.js";
import { SpaceToDepth } from "./SpaceToDepth.js";
import { Split } from "./Split.js";
import { Sqrt } from "./Sqrt.js";
import { Squeeze } from "./Squeeze.js";
import { Sub } from "./Sub.js";
import { Sum } from "./Sum.js";
import { Tanh } from "./Tanh.js";
import { ThresholdedRelu } from "./ThresholdedRelu.js";
import { Tile } from "./Tile.js";
import { Transpose } from "./Transpose.js";
import { Unsqueeze } from "./Unsqueeze.js";
import { Where } from "./Where.js";

/** Every operator that Limn knows, by its ONNX name. */
export const operators = {
  ...piecewiseConstant,
  ...notDifferentiable,
  Abs,
  Add,
  Atan,
  AveragePool,
  BatchNormalization,
  Cast,
  Celu,
  Clip,
  Concat,
  Conv,
  ConvTranspose,
  Cos,
  CumSum,
  DepthToSpace,
  Div,
  Dropout,
  Einsum,
  Elu,
  Erf,
  Exp,
  Expand,
  Flatten,
  Gather,
  GatherElements,
  GatherND,
  Gelu,
  Gemm,
  GlobalAveragePool,
  GlobalMaxPool,
  GroupNormalization,
  HardSigmoid,
  HardSwish,
  Identity,
  InstanceNormalization,
  LRN,
  LayerNormalization,
  LeakyRelu,
  Log,
  LogSoftmax,
  MatMul,
  Max,
  MaxPool,
  Mean,
  Min,
  Mish,
  Mul,
  Neg,
  PRelu,
  Pad,
  Pow,
  Reciprocal,
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceSum,
  ReduceSumSquare,
  Relu,
  Reshape,
  Resize,
  Selu,
  Sigmoid,
  Sin,
  Slice,
  Softmax,
  Softplus,
  Softsign,
  SpaceToDepth,
  Split,
  Sqrt,
  Squeeze,
  Sub,
  Sum,
  Tanh,
  ThresholdedRelu,
  Tile,
  Transpose,
  Unsqueeze,
  Where,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/**
 * The definition of a node's operator.
 * @throws LimnError `unsupported` naming the node
 */
export function operatorOf(node: Node): Operator {
  const operator: Operator | undefined =
    node.domain === "" && Object.hasOwn(operators, node.opType) ? operators[node.opType as OperatorName] : undefined;
  if (operator) return operator;
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn has no gradient for this operator; choose a layer behind it, or export the model without it`,
  );
}
