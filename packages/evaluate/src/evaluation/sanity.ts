import { type ExplainedBatch, type Runtime, SanityCheck, sanityLevels } from "@limn/core";
import { PictureLoader } from "./picture-loader.js";
import type { ResultLog } from "./result-log.js";
import { combinationOf, type EvaluationSettings } from "./settings.js";
import { knownRange, type Subject, sizesOf, wantedTarget } from "./subject.js";

export interface SanityOptions {
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Ends the work after the network that is being compared. */
  readonly signal?: AbortSignal;
}

/**
 * Compares maps of some pictures with those of networks whose weights are random from the top down, one network after the
 * other. Networks that the log has already are not compared again. Pictures that can't be used are left out.
 * @returns whether all networks were compared
 */
export async function measureSanity(
  { maps, batch, sanity: choice, ...settings }: EvaluationSettings,
  subject: Subject,
  log: ResultLog,
  runtime: Runtime,
  { onProgress, signal }: SanityOptions = {},
): Promise<boolean> {
  if (!choice) return true;
  const { opened, data } = subject;
  const levels = sanityLevels(opened.classifier);
  const known = new Set(log.sanity.map(({ layers }) => layers));
  const missing = levels.filter(({ layers }) => !known.has(layers));
  if (missing.length === 0) return true;
  if (signal?.aborted) return false;
  const check = await SanityCheck.create(...sizesOf(opened, batch), runtime, {
    maps,
    combination: combinationOf(settings.target),
    seed: choice.seed,
    ...knownRange(opened),
  });
  try {
    const chosen = evenly(choice.pictures, data.items.length);
    const batches = await explained(check, chosen, { batch, ...settings }, subject, runtime);
    for (const [i, level] of missing.entries()) {
      onProgress?.({ done: known.size + i, total: levels.length });
      if (signal?.aborted) return false;
      const similarities = await check.similarities(level, batches);
      const byMap = check.maps.map(({ output }, k) => [output, (similarities[k] as number[]).map(orNull)]);
      log.addSanity({ ...level, maps: Object.fromEntries(byMap) });
    }
    return true;
  } finally {
    await check.release();
  }
}

async function explained(
  check: SanityCheck,
  indices: readonly number[],
  settings: Pick<EvaluationSettings, "batch" | "target">,
  subject: Subject,
  runtime: Runtime,
): Promise<ExplainedBatch[]> {
  const { batch } = settings;
  const loader = await PictureLoader.create(subject.data, subject.opened, batch, runtime);
  try {
    const batches: ExplainedBatch[] = [];
    for (let first = 0; first < indices.length; first += batch) {
      const some = indices.slice(first, first + batch);
      const loaded = await loader.load(await loader.read(some), async (position) =>
        wantedTarget(settings, subject, some[position] as number),
      );
      const wanted = loaded.pictures.map(({ told }) => told);
      if (wanted.length > 0) batches.push(await check.explain(loaded.image, wanted));
    }
    return batches;
  } finally {
    await loader.release();
  }
}

/** `count` of the whole numbers below `total`, evenly spaced; all of them if there are no more. */
function evenly(count: number, total: number): number[] {
  const chosen = Math.min(count, total);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * total) / chosen));
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
