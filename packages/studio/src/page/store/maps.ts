import type { Engine, MapWish, Progress, RefusedMap, StudioMap } from "../../engine/engine.js";
import { keyOf, type MapJob, missingOf } from "../maps/map-job.js";
import { isStopped } from "./notices.js";
import { engineOf } from "./session.js";
import type { Slice } from "./state.js";

export type AnyMap = StudioMap | RefusedMap;

/** The most maps that are kept. */
const MOST_KEPT = 1500;

/**
 * The maps that were made, and those that somebody looks at and that are still to be made. A view says what it
 * wants (`useMaps`); one run after another makes what is missing, the first wish first.
 */
export interface MapsSlice {
  /** By `keyOf`. */
  readonly maps: ReadonlyMap<string, AnyMap>;
  /** What is being made. */
  readonly making: { readonly job: MapJob; readonly progress: Progress | undefined } | undefined;
  /** What a part of the page wants, in the order of its importance; nothing if it is gone. */
  want(owner: string, jobs: readonly MapJob[]): void;
}

declare module "./state.js" {
  interface Studio extends MapsSlice {}
}

export const createMaps: Slice<MapsSlice> = (set, get) => {
  const wanted = new Map<string, readonly MapJob[]>();
  let running: { job: MapJob; abort: AbortController } | undefined;
  /** When something that somebody looks at came, or something was wanted. */
  let busyAt = 0;
  let later: ReturnType<typeof setTimeout> | undefined;

  const nextJob = (): MapJob | undefined => {
    for (const job of [...wanted.values()].flat().sort((a, b) => restBefore(a) - restBefore(b))) {
      const missing = missingOf(job, get().maps);
      if (missing) return missing;
    }
    return undefined;
  };

  const isWanted = (job: MapJob): boolean => {
    const keys = new Set([...wanted.values()].flat().flatMap(keysOf));
    return keysOf(job).some((key) => keys.has(key));
  };

  const keep = (made: readonly (readonly [string, AnyMap])[]): void => {
    const maps = new Map([...get().maps, ...made]);
    for (const key of maps.keys()) {
      if (maps.size <= MOST_KEPT) break;
      maps.delete(key);
    }
    set({ maps });
  };

  const pump = async (): Promise<void> => {
    if (running) return;
    clearTimeout(later);
    for (let job = nextJob(); job; job = nextJob()) {
      const rest = restBefore(job) - (performance.now() - busyAt);
      if (rest > 0) {
        later = setTimeout(pump, rest);
        break;
      }
      const abort = new AbortController();
      running = { job, abort };
      set({ making: { job, progress: undefined } });
      const onStep = (progress: Progress) => job && set({ making: { job, progress } });
      try {
        keep(await made(engineOf(get()), job, abort.signal, onStep));
      } catch (error) {
        if (!abort.signal.aborted && !isStopped(error)) keep(refusals(job, error));
      }
      running = undefined;
      if (restBefore(job) === 0) busyAt = performance.now();
    }
    if (get().making) set({ making: undefined });
  };

  const settle = (): void => {
    if (running && !isWanted(running.job)) running.abort.abort();
    void pump();
  };

  return {
    maps: new Map(),
    making: undefined,
    want(owner, jobs) {
      busyAt = performance.now();
      if (jobs.length === 0) wanted.delete(owner);
      else {
        wanted.set(owner, jobs);
        void pump();
      }
      // a view that changes its mind takes its wish back and makes another at once: what both want goes on
      queueMicrotask(settle);
    },
  };
};

const restBefore = ({ after = 0 }: MapJob): number => after;

const keysOf = ({ subject, revision, wishes, targets }: MapJob): string[] =>
  targets.flatMap((target) => wishes.map((wish) => keyOf(subject, revision, wish, target)));

async function made(
  engine: Engine,
  { subject, revision, wishes, targets }: MapJob,
  signal: AbortSignal,
  onStep: (progress: Progress) => void,
): Promise<(readonly [string, AnyMap])[]> {
  const explained = await engine.explain(subject, wishes, targets, { signal, onStep });
  return explained.flatMap(({ maps }, i) =>
    maps.map((map, j) => [keyOf(subject, revision, wishes[j] as MapWish, targets[i] as number), map] as const),
  );
}

/** What could not be made is not tried again. */
function refusals({ subject, revision, wishes, targets }: MapJob, error: unknown): (readonly [string, AnyMap])[] {
  const refused = error instanceof Error ? error.message : String(error);
  return targets.flatMap((target) =>
    wishes.map((wish) => [keyOf(subject, revision, wish, target), { wish, refused }] as const),
  );
}
