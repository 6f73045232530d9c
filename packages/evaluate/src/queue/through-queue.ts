import type { Recruit } from "../evaluation/workforce.js";
import { withQueuePackages } from "./packages.js";
import { evaluationOf } from "./task.js";

/**
 * Has an evaluation's pictures measured by workers (`limn worker`, `runQueueWorker`) that take them from a queue, on
 * this machine and others: what `runEvaluation` takes as its `workforce`.
 * @param queue address of a Redis server, redis:// or rediss://, with a user and password where there are some
 * @param onNotice told what the work waits for, where that takes long
 * @returns throws LimnError `bad-option` where there is no Redis server at the address, `not-installed` without BullMQ
 */
export const throughQueue =
  (queue: string, onNotice: (message: string) => void = () => {}): Recruit =>
  async ({ anew, ...assignment }) => {
    const { QueuedWork } = await withQueuePackages(() => import("./queued-work.js"));
    return [await QueuedWork.open(evaluationOf(assignment), { url: queue, anew, onNotice })];
  };
