import { compile, encodeForSaving, LimnError, loadForBatch, type Runtime, rangeAfter, type Weights } from "@limn/core";
import type { MapWish } from "./engine.js";
import { requestOf, takesMany } from "./explainers.js";
import type { OpenModel } from "./open-model.js";

/**
 * The explanation as the bytes of an .onnx file that any ONNX Runtime runs, as `limn compile` writes it. It is tried out before.
 * @throws LimnError as `compile` does, and `runtime` if ONNX Runtime can't load it
 */
export async function explanationFile(
  model: OpenModel,
  maps: readonly MapWish[],
  runtime: Runtime,
): Promise<Uint8Array> {
  const { classifier, chosen, labels } = model;
  // a guess is neither used nor recorded as if it were known
  const preprocessing = chosen.guessed ? undefined : chosen.preprocessing;
  const batched = maps.some(takesMany) ? await loadForBatch(classifier, model.reload) : undefined;
  const compiled = compile(classifier, maps.map(requestOf), {
    iterated: "loop",
    scores: false,
    ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
    ...(batched ? { batched } : {}),
  });
  const bytes = encodeForSaving(compiled, readerOf(classifier.weights), {
    preprocessing: preprocessing ?? null,
    labels: (labels.assumed ? undefined : labels.labels) ?? null,
  });
  await (await runtime.createSession(bytes)).release();
  return bytes;
}

/** Gives ranges of a model's files, wherever they are. */
function readerOf({ read, files }: Weights): (location: string, offset: number, length: number) => Uint8Array {
  if (read) return read;
  return (location, offset, length) => {
    const bytes = files?.get(location)?.subarray(offset, offset + length);
    if (bytes?.byteLength === length) return bytes;
    throw new LimnError("bad-model", `${location}: it ends too early; open the model again`);
  };
}
