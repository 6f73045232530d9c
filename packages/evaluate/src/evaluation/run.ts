import { LimnError, type Runtime, VERSION } from "@limn/core";
import { compileRequests, type FindModelOptions, makeFolder, type RequestOptions } from "@limn/node";
import { loadForBatch } from "@limn/node/internal";
import type { DataSet } from "../data/data-set.js";
import { hire, type Staffing } from "./hire.js";
import { modelHash } from "./identity.js";
import { ownDefinitions } from "./own-definitions.js";
import { type LogHead, ResultLog } from "./result-log.js";
import { measureSanity } from "./sanity.js";
import type { EvaluationSettings, TargetRule } from "./settings.js";
import { openSubject, type Subject, targetRule } from "./subject.js";
import { type Recruit, workOff } from "./workforce.js";

export interface EvaluationOptions
  extends Omit<EvaluationSettings, "batch" | "maps" | "target">,
    Pick<RequestOptions, "methods" | "layers" | "options">,
    Staffing {
  /**
   * Which class each picture is explained for: `label`, that of its label, or the predicted one where it has none;
   * `predicted`; or one class for all, by its index or name.
   */
  readonly target: string;
  /** Where the results are kept; an evaluation of the same settings goes on there. */
  readonly folder: string;
  /** Begins again, whatever the folder holds. */
  readonly anew?: boolean;
  /** Pictures that are explained together. Default: what fits their size, where the model takes more than one. */
  readonly batch?: number;
  /** Who measures the pictures. Default: threads of this machine; `throughQueue` has workers on many machines do it. */
  readonly workforce?: Recruit;
  /** Called as a model is downloaded. */
  readonly download?: FindModelOptions["progress"];
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Called before each random network that maps are compared with, after the pictures are measured. */
  readonly onSanity?: (progress: EvaluationProgress) => void;
  /** Ends the work after the pictures that are being measured. */
  readonly signal?: AbortSignal;
}

export interface EvaluationProgress {
  /** Pictures or networks that are done, those of earlier runs included. */
  readonly done: number;
  readonly total: number;
}

/** An evaluation whose pictures are all measured, or as many as there was time for. */
export interface EvaluationRun extends Subject {
  readonly settings: EvaluationSettings;
  readonly log: ResultLog;
  readonly modelHash: string;
  /** Whether the signal came before the end. */
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}

/**
 * Measures every picture of a data set. Results go to a log in the folder as they are made: what is in it is never
 * measured again, however often the work is interrupted, and the log's contents do not depend on that.
 * @param runtime of the calling thread, which loads the model to see what it is
 * @param known what the options name, where it is open already
 * @throws LimnError for settings that can't be used, `bad-option` where the folder holds another evaluation
 */
export async function runEvaluation(
  options: EvaluationOptions,
  runtime: Runtime,
  known?: Subject,
): Promise<EvaluationRun> {
  const { folder, anew = false, download, onProgress, onSanity, signal } = options;
  const subject = known ?? (await openSubject(options, runtime, download));
  const { opened, data, match } = subject;
  const { classifier, preprocessing, found } = opened;
  const target = targetRule(options.target, opened);
  const { requests, warnings } =
    options.methods?.length === 0 ? ONLY_CLASSIFIED : compileRequests(classifier, { ...options, preprocessing });
  const together = await loadForBatch(classifier, opened.reload, options.batch);
  if (options.workers !== 0 || options.workforce !== undefined) checkPlain(requests);
  const settings = settingsOf(options, target, requests, together?.image.dims[0] ?? 1);
  const hash = await modelHash(found.path);
  await makeFolder(folder);
  const head = headOf(settings, hash, data, ownDefinitions(requests, opened));
  const log = await ResultLog.open(folder, head, anew);

  const total = data.items.length;
  const chunks = Math.ceil(total / settings.batch);
  const missing = Array.from({ length: chunks }, (_, i) => i).filter((chunk) => !log.has(chunk));
  const sizeOf = (chunk: number) => Math.min(settings.batch, total - chunk * settings.batch);
  let done = total - missing.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
  onProgress?.({ done, total });
  if (missing.length > 0 && !signal?.aborted) {
    const { workforce = ownThreads(options, runtime) } = options;
    const laborers = await workforce({ settings, subject, head, modelHash: hash, chunks: missing.length, anew });
    try {
      await workOff(
        missing,
        laborers,
        (chunk, items) => {
          log.add(chunk, items);
          done += items.length;
          onProgress?.({ done, total });
        },
        signal,
      );
    } finally {
      await Promise.allSettled(laborers.map((laborer) => laborer.release()));
    }
  }
  const measured = log.chunks === chunks;
  const compared =
    measured &&
    (await measureSanity(settings, subject, log, runtime, {
      ...(onSanity ? { onProgress: onSanity } : {}),
      ...(signal ? { signal } : {}),
    }));
  return {
    settings,
    ...subject,
    log,
    modelHash: hash,
    interrupted: !compared,
    warnings: [...opened.warnings, ...data.warnings, ...match.warnings, ...warnings],
  };
}

/** What remains of an evaluation without methods. */
const ONLY_CLASSIFIED = { requests: [], warnings: [] };

/** @throws LimnError `bad-option` for what can't be handed to another thread or machine */
function checkPlain(requests: EvaluationSettings["maps"]): void {
  const request = requests.find(({ method, options }) => typeof method !== "string" || holdsRule(options));
  if (!request) return;
  const what = typeof request.method === "string" ? `a rule of your own in ${request.method}` : "a method of your own";
  const name = typeof request.method === "string" ? "" : ` (${request.method.name})`;
  throw new LimnError(
    "bad-option",
    `${what}${name} can't be handed to worker threads or through a queue; evaluate with \`workers: 0\` and without a queue`,
  );
}

/** Whether there is a function somewhere in options: rules have some. */
const holdsRule = (value: unknown): boolean =>
  typeof value === "function" || (typeof value === "object" && value !== null && Object.values(value).some(holdsRule));

/** Without what says how the work is done, which results do not depend on. */
function settingsOf(
  options: EvaluationOptions,
  target: TargetRule,
  maps: EvaluationSettings["maps"],
  batch: number,
): EvaluationSettings {
  const { model, classifier, data, mapping, masking, curves, shattering, sanity } = options;
  const told = mapping === undefined ? {} : { mapping };
  return { model, classifier, data, ...told, maps, target, masking, curves, shattering, sanity, batch };
}

/** What decides the results, definitions of the user's own included: that the model is called otherwise, or lies elsewhere, makes no difference. */
function headOf(
  settings: EvaluationSettings,
  hash: string,
  data: DataSet,
  definitions: ReturnType<typeof ownDefinitions>,
): LogHead {
  const { model: _, data: __, ...rest } = settings;
  return {
    version: VERSION,
    model: hash,
    data: data.fingerprint,
    items: data.items.length,
    ...rest,
    ...(definitions ? { definitions } : {}),
  };
}

const ownThreads =
  (staffing: Staffing, runtime: Runtime): Recruit =>
  ({ settings, subject, chunks }) =>
    hire(settings, staffing, runtime, { subject, most: chunks });
