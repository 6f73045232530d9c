import type { Runtime } from "@limn/core";
import { withQueuePackages } from "./packages.js";
import type { QueueWorkerOptions } from "./serve.js";

/**
 * Measures chunks of any evaluation that is in a queue, until the signal comes.
 * @param runtime of the calling thread, for `workers: 0`; threads have their own
 * @returns how many pictures were measured
 * @throws LimnError `bad-option` where there is no Redis server at the address, `not-installed` without BullMQ
 */
export async function runQueueWorker(options: QueueWorkerOptions, runtime: Runtime): Promise<number> {
  const { serve } = await withQueuePackages(() => import("./serve.js"));
  return serve(options, runtime);
}
