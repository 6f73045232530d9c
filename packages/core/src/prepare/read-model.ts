import { LimnError } from "../error.js";
import type { Model } from "../graph/model.js";
import { decodeModel } from "../onnx/decode.js";
import type { Operator } from "../ops/operator.js";
import { knownOperator, OperatorTable } from "../ops/registry.js";
import type { Weights } from "../session.js";
import { refuseFatal } from "./refuse-fatal.js";

/** A model's file, as Node or a browser has read it. */
export interface ModelSource {
  /** The file's name in its own folder. */
  readonly location: string;
  /** The file's contents. */
  readonly bytes: Uint8Array;
  /** Whether the bytes come from `skimModel`, without the weights. */
  readonly skimmed?: boolean;
  /** Where to find the constants when a graph that refers to them is loaded. */
  readonly weights: Weights;
}

/** The source of a file that holds its own weights, by its bytes alone. */
export const sourceOf = (model: ModelSource | Uint8Array, location = "model.onnx"): ModelSource =>
  model instanceof Uint8Array ? { location, bytes: model, weights: { files: new Map([[location, model]]) } } : model;

/**
 * Reads a model, and refuses what ONNX Runtime could not load.
 * @param operators operators of the user's own, by name; see `defineOperator`
 * @throws LimnError `bad-model` for damaged files and missing weights, `unsupported` for operators that ONNX Runtime does
 *   not have
 */
export function readModel(source: ModelSource, operators: Readonly<Record<string, Operator>> = {}): Model {
  const { bytes, location, skimmed, weights } = source;
  const model = decodeModel(bytes, location, skimmed, new OperatorTable(operators), readerOf(weights));
  refuseFatal(model);
  refuseForeign(model);
  refuseMissingWeights(model, source);
  return model;
}

/** Gives ranges of the files that hold constants, if they can be read. */
function readerOf({ files, read }: Weights): Model["read"] {
  if (read) return read;
  return (
    files &&
    ((location, offset, length) => {
      const bytes = files.get(location)?.subarray(offset, offset + length);
      if (bytes?.byteLength === length) return bytes;
      throw new LimnError("bad-model", `${location}: it has no bytes ${offset} to ${offset + length}; load it whole`);
    })
  );
}

/** Operator sets that ONNX Runtime has; functions that a file defines in other sets are inlined when it is read. */
const DOMAINS = new Set(["", "ai.onnx.ml", "com.microsoft"]);

/** What ONNX Runtime writes layers in at its highest level of optimization. */
const BLOCKED_CHANNELS = "com.microsoft.nchwc";

function refuseForeign({ graph }: Model): void {
  const node = graph.nodes.find((node) => !DOMAINS.has(node.domain) && !knownOperator(node));
  if (!node) return;
  if (node.domain === BLOCKED_CHANNELS) {
    throw new LimnError(
      "unsupported",
      `${node.label}: ONNX Runtime has optimized this file for one kind of processor, with channels in blocks; explain the file from before, or save it at level "extended" or lower`,
    );
  }
  throw new LimnError(
    "unsupported",
    `${node.label}: this is an operator of "${node.domain}", which ONNX Runtime does not have; export the model with ONNX's own operators`,
  );
}

/** Checks that every constant in another file is there, if `weights` can tell. */
function refuseMissingWeights({ graph }: Model, { location: model, weights }: ModelSource): void {
  const { files, sizeOf: sizeOfFile } = weights;
  if (!files && !sizeOfFile) return;
  const sizes = new Map<string, number | undefined>();
  for (const { name, initializer } of graph.initializers) {
    if (initializer?.data.kind !== "file") continue;
    const { location, offset, length } = initializer.data;
    if (!sizes.has(location)) sizes.set(location, files?.get(location)?.byteLength ?? sizeOfFile?.(location));
    const size = sizes.get(location);
    if (size === undefined) {
      throw new LimnError(
        "bad-model",
        `${model}: the weights "${name}" are in the file "${location}", which is missing; put it next to the model`,
      );
    }
    if (offset + length > size) {
      throw new LimnError(
        "bad-model",
        `${model}: the weights "${name}" end at byte ${offset + length} of "${location}", which has only ${size} bytes; the file is damaged: copy it again`,
      );
    }
  }
}
