import type { MapWish, Subject } from "../../engine/engine.js";

/** Maps that are made in one run: each wish for each class. */
export interface MapJob {
  readonly subject: Subject;
  /** Of the model: see `StudioModel`. */
  readonly revision: number;
  readonly wishes: readonly MapWish[];
  /** Class indices. */
  readonly targets: readonly number[];
  /**
   * For how many milliseconds nothing has come or been wanted before they are made, if nobody looks at them yet. A run can't be
   * stopped: what is asked for meanwhile waits until it ends. Default 0.
   */
  readonly after?: number;
}

/** What a map is known by. */
export const keyOf = (
  subject: Subject,
  revision: number,
  { method, layer, options }: MapWish,
  target: number,
): string =>
  JSON.stringify([
    subject.model,
    revision,
    subject.picture,
    target,
    method,
    layer,
    options && Object.entries(options).sort(),
  ]);

/** What of a job is still to be made: the wishes that some class lacks, for the classes that lack one of these. */
export function missingOf(job: MapJob, made: ReadonlyMap<string, unknown>): MapJob | undefined {
  const lacks = (wish: MapWish, target: number) => !made.has(keyOf(job.subject, job.revision, wish, target));
  const wishes = job.wishes.filter((wish) => job.targets.some((target) => lacks(wish, target)));
  const targets = job.targets.filter((target) => wishes.some((wish) => lacks(wish, target)));
  return wishes.length > 0 ? { ...job, wishes, targets } : undefined;
}
