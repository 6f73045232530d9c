import { availableParallelism } from "node:os";
import type { Runtime } from "@limn/core";
import { Evaluator } from "./evaluator.js";
import { type Identity, subjectFor } from "./identity.js";
import type { EvaluationSettings } from "./settings.js";
import type { Subject } from "./subject.js";
import { Thread } from "./thread.js";
import type { Laborer } from "./workforce.js";

/** How the work is divided among the threads of this machine. The results do not depend on it. */
export interface Staffing {
  /** Worker threads, each with a copy of the model; 0 to work in the calling thread. Default: one per core. */
  readonly workers?: number;
  /** Threads that one operator uses in each worker. Default: the number of cores divided by the workers. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers, the preferred one first. Default: `cpu`. */
  readonly providers?: readonly string[];
}

/** What is known about an evaluation before it is opened. */
export interface Known {
  /** Its model and data, if they are open in the calling thread. */
  readonly subject?: Subject;
  /** The model and data that the settings must name on this machine. */
  readonly wanted?: Identity;
  /** The most workers that there is work for. */
  readonly most?: number;
}

/**
 * Opens an evaluation in threads of this machine.
 * @param runtime of the calling thread
 * @throws LimnError as `Evaluator.open` does, `bad-option` if the settings name other models or data on this machine
 */
export async function hire(
  settings: EvaluationSettings,
  { workers = availableParallelism(), threads, providers }: Staffing,
  runtime: Runtime,
  { subject, wanted, most = workers }: Known,
): Promise<Laborer[]> {
  const count = Math.min(workers, most);
  if (count === 0) {
    return [await Evaluator.open(settings, runtime, subject ?? (await subjectFor(settings, wanted, runtime)))];
  }
  const each = threads ?? Math.max(1, Math.floor(availableParallelism() / count));
  const order = { settings, wanted, threads: each, providers };
  const starting = await Promise.allSettled(Array.from({ length: count }, () => Thread.start(order)));
  const failure = starting.find((start) => start.status === "rejected");
  const started = starting.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  if (!failure) return started;
  await Promise.allSettled(started.map((thread) => thread.release()));
  throw failure.reason;
}
