import type { Runtime } from "@limn/core";
import type { FindModelOptions } from "@limn/node";
import type { Staffing } from "../evaluation/hire.js";

export interface QueueWorkerOptions extends Staffing {
  /** redis:// or rediss://, with a user and password where there are some. */
  readonly queue: string;
  /** Seconds until another worker takes over what one that is not heard of any more has begun. Default 10. */
  readonly lease?: number;
  /** Ends the work after the chunks that are being measured. */
  readonly signal?: AbortSignal;
  /** Called when chunks can come, with the queue's address without its password. */
  readonly onReady?: (address: string) => void;
  /** Called after each chunk, with the pictures that were measured so far. */
  readonly onProgress?: (pictures: number) => void;
  /** Told what goes wrong, and what the work waits for. */
  readonly onNotice?: (message: string) => void;
  /** Called as a model is downloaded. */
  readonly download?: FindModelOptions["progress"];
}

/**
 * Measures chunks of any evaluation that is in a queue, until the signal comes.
 * @param runtime of the calling thread, for `workers: 0`; threads have their own
 * @returns how many pictures were measured
 * @throws LimnError `bad-option` where there is no Redis server at the address
 */
export async function runQueueWorker(options: QueueWorkerOptions, runtime: Runtime): Promise<number> {
  // its packages take a while to load, which most programs do without
  const { serve } = await import("./serve.js");
  return serve(options, runtime);
}
