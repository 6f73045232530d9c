import { availableParallelism } from "node:os";
import type { Runtime } from "@limn/core";
import { Evaluator } from "./evaluator.js";
import { type Identity, subjectFor } from "./identity.js";
import type { EvaluationSettings } from "./settings.js";
import type { Subject } from "./subject.js";
import { Thread } from "./thread.js";
import type { Laborer } from "./workforce.js";

/** How the work is shared out on this machine, which results do not depend on. */
export interface Staffing {
  /** Worker threads, each with a copy of the model; 0 works in the calling thread. Default: one a core. */
  readonly workers?: number;
  /** Threads within one operator, for each worker. Default: the cores divided by the workers. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers. */
  readonly providers?: readonly string[];
}

/** What is known of an evaluation before it is opened. */
export interface Known {
  /** The same, as it is open in the calling thread. */
  readonly subject?: Subject;
  /** What the settings are to stand for here. */
  readonly wanted?: Identity;
  /** There is no work for more workers. */
  readonly most?: number;
}

/**
 * Opens an evaluation in threads of this machine.
 * @param runtime of the calling thread
 * @throws LimnError as `Evaluator.open` does, `bad-option` where the settings stand for something else here
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
