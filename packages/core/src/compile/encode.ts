import { LimnError } from "../error.js";
import { encodeModel } from "../onnx/encode.js";
import type { ReadWeights } from "../onnx/tensors.js";
import { VERSION } from "../version.js";
import type { Compiled } from "./compile.js";

/** The compiled graph as ONNX bytes to run here: its weights stay in the user's file. */
export const encodeForRunning = (compiled: Compiled): Uint8Array => encodeModel(compiled.model);

/**
 * The compiled graph as ONNX bytes without the weights that are in the user's file. Two definitions of a map that compute
 * different things give different bytes, wherever the model is.
 */
export const encodeWithoutWeights = (compiled: Compiled): Uint8Array =>
  encodeModel(compiled.model, { weights: "inputs" });

/**
 * The compiled graph as ONNX bytes that hold their weights, to run anywhere. Its metadata says what it is:
 * `limn.version`, `limn.maps`, `limn.classes`, `limn.model` and what `facts` adds, as JSON.
 * @param read gives a range of bytes of one of the model's files
 * @throws LimnError `bad-option` for maps that are compiled into pieces
 */
export function encodeForSaving(
  compiled: Compiled,
  read: ReadWeights,
  facts: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const inPieces = compiled.maps.find(({ kind }) => kind === "pieces");
  if (inPieces) {
    throw new LimnError(
      "bad-option",
      `${inPieces.name}: it is compiled into pieces, which can't be saved; compile it with iterated: "loop"`,
    );
  }
  const maps = compiled.maps.map(({ output, method, layer, options, shape, signed }) => ({
    output,
    method,
    layer,
    options,
    shape,
    signed,
  }));
  const entries = { maps, classes: compiled.classifier.classes, model: compiled.classifier.location, ...facts };
  const metadata = new Map(compiled.model.metadata);
  metadata.set("limn.version", VERSION);
  for (const [key, value] of Object.entries(entries)) metadata.set(`limn.${key}`, JSON.stringify(value));
  return encodeModel({ ...compiled.model, producer: "limn", metadata }, { weights: read });
}
