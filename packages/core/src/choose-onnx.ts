import { LimnError } from "./error.js";

/** Where exporters put the float32 model, first choice first. */
const USUAL = ["onnx/model.onnx", "model.onnx"];

/** File names of quantized, half precision and otherwise changed copies of a model. */
const VARIANT =
  /[._-](quantized|quant|u?int8|q?u?int4|fp16|float16|half|bf16|bnb4|q[48]\w*|quantize\w*|optimized)(?=[._-])/i;

/**
 * The float32 model among a repository's or folder's files.
 * @param paths with slashes, from its root
 * @param name what messages call the repository or folder
 * @param address gives what to type for one of the files
 * @throws LimnError `bad-model` with what is there instead
 */
export function chooseOnnx(paths: readonly string[], name: string, address: (path: string) => string): string {
  const models = paths.filter((path) => /\.onnx$/i.test(path)).sort();
  const usual = USUAL.find((path) => models.includes(path));
  if (usual) return usual;
  const plain = models.filter((path) => !VARIANT.test(path.split("/").at(-1) ?? path));
  if (plain.length === 1) return plain[0] as string;
  if (plain.length > 1) {
    throw new LimnError(
      "bad-model",
      `${name}: there are several models in it, ${listed(plain)}; name one, such as ${address(plain[0] as string)}`,
    );
  }
  const [variant] = models;
  if (variant) {
    throw new LimnError(
      "bad-model",
      `${name}: no float32 model is there, only ${listed(models)}; gradients need floating point: if a file is not quantized, name it, such as ${address(variant)}`,
    );
  }
  throw new LimnError("bad-model", `${name}: there is no .onnx file in it, ${contents(paths)}`);
}

/** Files with weights in other frameworks' forms. */
const WEIGHTS = /\.(safetensors|bin|pt|pth|h5|msgpack|tflite|keras|gguf|ckpt|pkl)$/i;

function contents(paths: readonly string[]): string {
  const weights = paths.filter((path) => WEIGHTS.test(path));
  if (weights.length > 0) return `only weights for other frameworks: ${listed(weights)}`;
  return paths.length > 0 ? `only ${listed(paths)}` : "it is empty";
}

const SHOWN = 5;

function listed(paths: readonly string[]): string {
  const more = paths.length - SHOWN;
  return `${paths.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
