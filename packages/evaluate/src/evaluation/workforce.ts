import type { ItemRecord, LogHead } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import type { Subject } from "./subject.js";

/** Something that measures chunks of pictures: a thread, or a queue that others take them from. */
export interface Laborer {
  /** How many chunks it is given at a time. Default: `AHEAD`. */
  readonly ahead?: number;
  /** @returns the chunk's items; undefined where it was given up */
  measure(chunk: number): Promise<ItemRecord[] | undefined>;
  /** Told once a chunk's items are in the log, so that nobody else need keep them. */
  forget?(chunk: number): void;
  /** Told that the work is to end: chunks that wait elsewhere may be given up, and what was begun here is finished. */
  giveUp?(): void;
  release(): Promise<void>;
}

/** An evaluation whose pictures are to be measured. */
export interface Assignment {
  readonly settings: EvaluationSettings;
  /** What the settings stand for on this machine. */
  readonly subject: Subject;
  /** What the results depend on. */
  readonly head: LogHead;
  readonly modelHash: string;
  /** How many chunks of pictures are left to measure. */
  readonly chunks: number;
  /** Whether results of earlier runs are of no use. */
  readonly anew: boolean;
}

/** Finds those who measure an evaluation's pictures. They are released when the work is done. */
export type Recruit = (assignment: Assignment) => Promise<readonly Laborer[]>;

/** How many chunks a thread has before it: one that it computes, and one that it reads meanwhile. */
export const AHEAD = 2;

/**
 * Hands chunks to laborers as they become free, until all are done or the signal comes; what was begun is finished.
 * @param onDone is told of every chunk
 * @throws what the first laborer to fail throws
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
