import type { ItemRecord } from "./result-log.js";

/** Something that measures chunks of pictures, one after the other. */
export interface Laborer {
  /** @returns the chunk's items; may be asked for the next chunk before the last one is done, so that it can read ahead */
  measure(chunk: number): Promise<ItemRecord[]>;
  release(): Promise<void>;
}

/** How many chunks each has before it: one that it computes, and one that it reads meanwhile. */
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
  let failed = false;
  const work = async (laborer: Laborer) => {
    while (!failed && !signal?.aborted) {
      const next = waiting.next();
      if (next.done) return;
      try {
        onDone(next.value, await laborer.measure(next.value));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = laborers.flatMap((laborer) => Array.from({ length: AHEAD }, () => work(laborer)));
  const results = await Promise.allSettled(lanes);
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
