import type { ItemRecord, LogHead } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import type { Subject } from "./subject.js";

/** Something that measures chunks of pictures: a thread, or a queue from which others take them. */
export interface Laborer {
  /** How many chunks it gets at a time. Default 2: one to measure and one to read meanwhile. */
  readonly ahead?: number;
  /** Measures a chunk. @returns the results of its pictures; undefined if it was given up */
  measure(chunk: number): Promise<ItemRecord[] | undefined>;
  /** Called once a chunk's results are in the log, so that they need not be kept anywhere else. */
  forget?(chunk: number): void;
  /** Called when the work is to end: chunks that wait elsewhere may be given up; chunks that were begun are finished. */
  giveUp?(): void;
  release(): Promise<void>;
}

/** An evaluation whose pictures are to be measured. */
export interface Assignment {
  readonly settings: EvaluationSettings;
  /** The model and data that the settings name on this machine. */
  readonly subject: Subject;
  /** Everything that the results depend on. */
  readonly head: LogHead;
  readonly modelHash: string;
  /** How many chunks of pictures are left to measure. */
  readonly chunks: number;
  /** Whether results of earlier runs are to be ignored. */
  readonly anew: boolean;
}

/** Finds laborers for an evaluation's pictures. They are released when the work is done. */
export type Recruit = (assignment: Assignment) => Promise<readonly Laborer[]>;

/** How many chunks a thread gets at a time: one that it measures, and one that it reads meanwhile. */
export const AHEAD = 2;

/**
 * Hands chunks to laborers as they become free, until all are done or the signal aborts; chunks that were begun are
 * finished.
 * @param onDone is called with the results of every chunk
 * @throws the error of the first laborer that fails
 */
export async function workOff(
  chunks: Iterable<number>,
  laborers: readonly Laborer[],
  onDone: (chunk: number, items: readonly ItemRecord[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const waiting = chunks[Symbol.iterator]();
  let ending = false;
  const end = () => {
    ending = true;
    for (const laborer of laborers) laborer.giveUp?.();
  };
  const work = async (laborer: Laborer) => {
    while (!ending) {
      const next = waiting.next();
      if (next.done) return;
      try {
        const items = await laborer.measure(next.value);
        if (!items) return;
        onDone(next.value, items);
        laborer.forget?.(next.value);
      } catch (error) {
        end();
        throw error;
      }
    }
  };
  if (signal?.aborted) return;
  signal?.addEventListener("abort", end, { once: true });
  const lanes = laborers.flatMap((laborer) => Array.from({ length: laborer.ahead ?? AHEAD }, () => work(laborer)));
  const results = await Promise.allSettled(lanes);
  signal?.removeEventListener("abort", end);
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
