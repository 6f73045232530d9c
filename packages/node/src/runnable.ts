import { type Compiled, isIterated, LimnError, nameOfMethod, type Runtime } from "@limn/core";
import type { CompiledRequests, MethodFailure } from "./requests.js";

/** A graph, and the file that is to be of it. */
interface Saved {
  readonly compiled: Compiled;
  readonly bytes: Uint8Array;
}

/**
 * The file of those methods that ONNX Runtime can run, tried out before anyone is told that it is there.
 * @param encode writes a graph as the file's bytes
 * @returns the file, and the methods that it has to do without
 * @throws LimnError `runtime` with ONNX Runtime's reason if none can be run
 */
export async function runnable(
  { compiled, requests, recompile }: CompiledRequests,
  encode: (compiled: Compiled) => Uint8Array,
  runtime: Runtime,
): Promise<Saved & { failures: MethodFailure[] }> {
  const tried = async (compiled: Compiled): Promise<Saved> => {
    const bytes = encode(compiled);
    await tryOut(bytes, compiled, runtime);
    return { compiled, bytes };
  };
  try {
    return { ...(await tried(compiled)), failures: [] };
  } catch (error) {
    if (requests.length < 2 || !(error instanceof LimnError)) throw error;
    const failures: MethodFailure[] = [];
    const working: typeof requests = [];
    for (const request of requests) {
      try {
        await tried(recompile([request]));
        working.push(request);
      } catch (reason) {
        if (!(reason instanceof LimnError)) throw reason;
        failures.push({ method: nameOfMethod(request.method), reason: reason.message });
      }
    }
    if (working.length === 0 || failures.length === 0) throw error;
    return { ...(await tried(recompile(working))), failures };
  }
}

/** Loads a file from its bytes alone and runs it once, unless a method in it repeats the model many times over. */
async function tryOut(bytes: Uint8Array, { classifier, maps, model }: Compiled, runtime: Runtime): Promise<void> {
  const session = await runtime.createSession(bytes);
  try {
    if (maps.some(({ definition }) => isIterated(definition))) return;
    const { dims } = classifier.image;
    const [batch = 1] = dims;
    await session.run(
      {
        image: { dtype: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) },
        target: { dtype: "int64", dims: [batch], data: new BigInt64Array(batch) },
      },
      model.graph.outputs.map(({ name }) => name),
    );
  } finally {
    await session.release();
  }
}
