import type { Recruit } from "../evaluation/workforce.js";
import { withQueuePackages } from "./packages.js";
import { evaluationOf } from "./task.js";

/**
 * The `workforce` of `runEvaluation` that has the pictures measured by workers on this machine and others. The workers
 * (`limn worker`, `runQueueWorker`) take chunks of pictures from a queue in Redis.
 * @param queue address of a Redis server, redis:// or rediss://, with user and password if it asks for them
 * @param onNotice called with what the work waits for, if that takes long
 * @returns a function that throws LimnError `bad-option` if no Redis server answers at the address, and `not-installed`
 *   if BullMQ and ioredis are not installed
 * @example
 * const workforce = throughQueue("redis://10.0.0.1:6379", console.warn);
 * const run = await runEvaluation({ ...options, workforce }, onnxRuntime());
 */
export const throughQueue =
  (queue: string, onNotice: (message: string) => void = () => {}): Recruit =>
  async ({ anew, ...assignment }) => {
    const { QueuedWork } = await withQueuePackages(() => import("./queued-work.js"));
    return [await QueuedWork.open(evaluationOf(assignment), { url: queue, anew, onNotice })];
  };
