import { defineOperator, type Operator, plain, stop } from "./operator.js";

// Operators on integers that stand for floats, and that are not taken apart as a model is loaded.

const quantized = <const In extends string>(...inputs: In[]): Operator =>
  defineOperator({
    inputs,
    gradient: stop(
      "arithmetic with quantized integers has no gradient; load the float32 export of the model, or choose a layer downstream of it",
    ),
    layout: "ends",
    sign: "any",
    gate: plain.gate,
    numbers: "quantized",
  });

export const quantizedOperators = {
  ConvInteger: quantized("x", "W", "x_zero_point?", "W_zero_point?"),
  MatMulInteger: quantized("a", "b", "a_zero_point?", "b_zero_point?"),

  // written by ONNX Runtime's own quantizer
  "com.microsoft.DequantizeBFP": quantized("...x"),
  "com.microsoft.DequantizeWithOrder": quantized("...x"),
  "com.microsoft.DynamicQuantizeLSTM": quantized("...x"),
  "com.microsoft.MatMulInteger16": quantized("a", "b"),
  // with an order of its own for the blocks
  "com.microsoft.MatMulNBits": quantized("...x"),
  "com.microsoft.QuantizeBFP": quantized("...x"),
  "com.microsoft.QuantizeWithOrder": quantized("...x"),
};
