import { defineOperator, type Operator, plain, stop } from "./operator.js";

// Forms of operators for integers that stand for floats.

const quantized = <const In extends string>(...inputs: In[]): Operator =>
  defineOperator({
    inputs,
    gradient: stop("arithmetic with quantized integers has no gradient; load the float32 export of the model"),
    layout: "ends",
    sign: "any",
    gate: plain.gate,
    numbers: "quantized",
  });

export const quantizedOperators = {
  ConvInteger: quantized("x", "W", "x_zero_point?", "W_zero_point?"),
  DequantizeLinear: quantized("x", "scale", "zero_point?"),
  DynamicQuantizeLinear: quantized("x"),
  MatMulInteger: quantized("a", "b", "a_zero_point?", "b_zero_point?"),
  QLinearConv: quantized(
    "x",
    "x_scale",
    "x_zero_point",
    "w",
    "w_scale",
    "w_zero_point",
    "y_scale",
    "y_zero_point",
    "b?",
  ),
  QLinearMatMul: quantized("a", "a_scale", "a_zero_point", "b", "b_scale", "b_zero_point", "y_scale", "y_zero_point"),
  QuantizeLinear: quantized("x", "scale", "zero_point?"),

  // written by ONNX Runtime's own quantizer
  "com.microsoft.ConvIntegerToFloat": quantized("...x"),
  "com.microsoft.DequantizeBFP": quantized("...x"),
  "com.microsoft.DequantizeLinear": quantized("x", "scale", "zero_point?"),
  "com.microsoft.DequantizeWithOrder": quantized("...x"),
  "com.microsoft.DynamicQuantizeLSTM": quantized("...x"),
  "com.microsoft.DynamicQuantizeMatMul": quantized("...x"),
  "com.microsoft.MatMulInteger16": quantized("a", "b"),
  "com.microsoft.MatMulIntegerToFloat": quantized("...x"),
  "com.microsoft.QAttention": quantized("...x"),
  "com.microsoft.QGemm": quantized("...x"),
  "com.microsoft.QLinearAdd": quantized("...x"),
  "com.microsoft.QLinearAveragePool": quantized("...x"),
  "com.microsoft.QLinearConcat": quantized("...x"),
  "com.microsoft.QLinearConv": quantized("...x"),
  "com.microsoft.QLinearGlobalAveragePool": quantized("...x"),
  "com.microsoft.QLinearLeakyRelu": quantized("...x"),
  "com.microsoft.QLinearMul": quantized("...x"),
  "com.microsoft.QLinearReduceMean": quantized("...x"),
  "com.microsoft.QLinearSigmoid": quantized("...x"),
  "com.microsoft.QLinearSoftmax": quantized("...x"),
  "com.microsoft.QLinearWhere": quantized("...x"),
  "com.microsoft.QuantizeBFP": quantized("...x"),
  "com.microsoft.QuantizeLinear": quantized("x", "scale", "zero_point?"),
  "com.microsoft.QuantizeWithOrder": quantized("...x"),
};
