import { describe, expect, it } from "vitest";
import { chooseOnnx } from "./choose-onnx.js";

const choose = (...paths: string[]) => chooseOnnx(paths, "model", (path) => path);

describe("chooseOnnx", () => {
  it.each([
    ["onnx/model.onnx", ["model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx"]],
    ["model.onnx", ["model.onnx", "other.onnx"]],
    ["resnet18.onnx", ["resnet18.onnx", "resnet18-int8.onnx", "resnet18_fp16.onnx", "resnet18.onnx.data"]],
    ["exports/net-q.onnx", ["exports/net-q.onnx", "exports/net.quant.onnx", "exports/net_bnb4.onnx"]],
  ])("takes %s", (expected, paths) => {
    expect(choose(...paths)).toBe(expected);
  });

  it.each(["quantized", "int8", "uint8", "fp16", "float16", "bnb4", "q4", "q4f16", "q8", "bf16"])(
    "takes no model_%s.onnx by itself",
    (variant) => {
      expect(() => choose(`onnx/model_${variant}.onnx`)).toThrow(/no float32 model is there, only onnx\/model_/);
    },
  );
});
