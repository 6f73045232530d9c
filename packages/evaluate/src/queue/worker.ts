import type { Runtime } from "@limn/core";
import { withQueuePackages } from "./packages.js";
import type { QueueWorkerOptions } from "./serve.js";

/**
 * Measures chunks of pictures of every evaluation in a queue, until the signal aborts it.
 * @param runtime of the calling thread, which `workers: 0` uses; worker threads have their own
 * @returns how many pictures were measured
 * @throws LimnError `bad-option` if no Redis server answers at the address, `not-installed` if BullMQ and ioredis are not
 *   installed
 * @example
 * const stop = new AbortController();
 * process.once("SIGTERM", () => stop.abort());
 * await runQueueWorker({ queue: "redis://10.0.0.1:6379", signal: stop.signal }, onnxRuntime());
 */
export async function runQueueWorker(options: QueueWorkerOptions, runtime: Runtime): Promise<number> {
  const { serve } = await withQueuePackages(() => import("./serve.js"));
  return serve(options, runtime);
}
