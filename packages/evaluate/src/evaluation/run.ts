import { LimnError, loadForBatch, type MeasureName, measures, type Runtime, rangeAfter, VERSION } from "@limn/core";
import { compileRequests, type FindModelOptions, makeFolder, type RequestOptions } from "@limn/node";
import type { DataSet } from "../data/data-set.js";
import { type CompositesChoice, compositeRequests } from "./composite-requests.js";
import { hire, type Staffing } from "./hire.js";
import { modelHash } from "./identity.js";
import { ownDefinitions } from "./own-definitions.js";
import { type LogHead, ResultLog } from "./result-log.js";
import { measureSanity } from "./sanity.js";
import { combinationOf, type EvaluationSettings, RANDOM, type TargetRule } from "./settings.js";
import { openSubject, type Subject, targetRule } from "./subject.js";
import { type Recruit, workOff } from "./workforce.js";

/** What `runEvaluation` takes: model, data, methods, measures, and how the work is done. */
export interface EvaluationOptions
  extends Omit<EvaluationSettings, "batch" | "maps" | "target" | "random">,
    Pick<RequestOptions, "methods" | "layers" | "options">,
    Staffing {
  /**
   * What each picture is explained for: `label` for the class of its label, or the predicted one if it has no label;
   * `predicted`; or the same for all pictures: a class by its index or name, or a combination such as `a - b`.
   */
  readonly target: string;
  /**
   * Composites of `lrp` that are compared, instead of methods: names, also with options as `epsilon-gamma-box@gamma=0.1`, or your own;
   * `all` for those of Limn that fit the model, with several gammas. Options of `lrp` hold for all of them.
   */
  readonly composites?: CompositesChoice;
  /** The measure that ranks the maps. Default: SaCo for composites; methods are not ranked. */
  readonly rankBy?: MeasureName;
  /** The seed of the random map that stands next to the others, or false to leave it out. Default 0. */
  readonly random?: number | false;
  /** The folder that keeps the results; an evaluation with the same settings goes on there. */
  readonly folder: string;
  /** Starts again, even if the folder holds results. Default false. */
  readonly anew?: boolean;
  /** Pictures that are explained together. Default: what fits their size, if the model takes more than one. */
  readonly batch?: number;
  /** Who measures the pictures. Default: threads of this machine. With `throughQueue`, workers on many machines do it. */
  readonly workforce?: Recruit;
  /** Called while a model is downloaded. */
  readonly download?: FindModelOptions["progress"];
  /** Called with each warning once the model and the data are open, before pictures are measured. */
  readonly onWarning?: (warning: string) => void;
  /** Called when chunks of pictures are done. */
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Called before each random network that maps are compared with, once all pictures are measured. */
  readonly onSanity?: (progress: EvaluationProgress) => void;
  /** Ends the work after the pictures that are being measured. */
  readonly signal?: AbortSignal;
  /** Called as soon as the signal aborts the work, with how many pictures are being measured and will be finished. */
  readonly onInterrupt?: (pictures: number) => void;
}

export interface EvaluationProgress {
  /** Pictures or networks that are done, including those of earlier runs. */
  readonly done: number;
  readonly total: number;
}

/** An evaluation whose pictures are measured: all of them, or those that were done before an interruption. */
export interface EvaluationRun extends Subject {
  readonly settings: EvaluationSettings;
  /** The results in the folder. */
  readonly log: ResultLog;
  /** SHA-256 of the model's files. */
  readonly modelHash: string;
  /** The measure that ranks the maps; undefined if they are not ranked. */
  readonly rankBy: MeasureName | undefined;
  /** Whether the signal aborted the work before its end. */
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}

/**
 * Measures every picture of a data set. Results are written to a log in the folder as they are made. If the work is
 * interrupted, the next call goes on from there: nothing is measured twice, and the results are the same.
 * @param runtime of the calling thread, which loads the model to see what it is; worker threads have their own
 * @param known the model and data that the options name, if they are open already
 * @returns the run, which `saveEvaluation` makes a report of
 * @throws LimnError for a model, data set or option that can't be used; `bad-option` if the folder holds another evaluation
 * @example
 * const runtime = onnxRuntime();
 * const run = await runEvaluation(
 *   {
 *     model: "scenes-resnet",
 *     classifier: {},
 *     data: { data: "scenes:500" },
 *     methods: ["grad-cam", "relevance-cam"],
 *     target: "label",
 *     masking: {},
 *     curves: undefined,
 *     shattering: false,
 *     sanity: undefined,
 *     folder: "limn-evaluation",
 *   },
 *   runtime,
 * );
 * const { document, report } = await saveEvaluation(run, "limn-evaluation", runtime);
 * document.methods["grad-cam"]?.iou; // { mean, low, high, n }
 */
export async function runEvaluation(
  options: EvaluationOptions,
  runtime: Runtime,
  known?: Subject,
): Promise<EvaluationRun> {
  const { folder, anew = false, download, onWarning, onProgress, onSanity, signal, onInterrupt } = options;
  const subject = known ?? (await openSubject(options, runtime, download));
  const { opened, data, match } = subject;
  const { classifier, found } = opened;
  const target = targetRule(options.target, opened);
  const rankBy = options.rankBy ?? (options.composites ? "saco" : undefined);
  checkRank(rankBy, options);
  const { requests, warnings } = requestsOf(subject, options, target);
  const together = await loadForBatch(classifier, opened.reload, options.batch);
  if (options.workers !== 0 || options.workforce !== undefined) checkPlain(requests);
  const settings = settingsOf(options, target, requests, together?.image.dims[0] ?? 1);
  const hash = await modelHash(found.path);
  await makeFolder(folder);
  const head = headOf(settings, hash, data, ownDefinitions(requests, opened));
  const log = await ResultLog.open(folder, head, anew);
  const told = [...opened.warnings, ...data.warnings, ...match.warnings, ...warnings];
  for (const warning of told) onWarning?.(warning);

  const total = data.items.length;
  const chunks = Math.ceil(total / settings.batch);
  const missing = Array.from({ length: chunks }, (_, i) => i).filter((chunk) => !log.has(chunk));
  const sizeOf = (chunk: number) => Math.min(settings.batch, total - chunk * settings.batch);
  let done = total - missing.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
  onProgress?.({ done, total });
  let begun = done;
  function* handedOut() {
    for (const chunk of missing) {
      begun += sizeOf(chunk);
      yield chunk;
    }
  }
  const tellOfInterrupt = () => {
    if (begun > done) onInterrupt?.(begun - done);
  };
  signal?.addEventListener("abort", tellOfInterrupt, { once: true });
  if (missing.length > 0 && !signal?.aborted) {
    const { workforce = ownThreads(options, runtime) } = options;
    const laborers = await workforce({ settings, subject, head, modelHash: hash, chunks: missing.length, anew });
    try {
      await workOff(
        handedOut(),
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
    rankBy,
    interrupted: !compared,
    warnings: told,
  };
}

/**
 * The maps that are measured, and what is to be said about them. Without methods, pictures are only classified.
 * @throws LimnError for methods and composites that the model can't have
 */
function requestsOf(
  { opened: { classifier, preprocessing } }: Subject,
  options: EvaluationOptions,
  target: TargetRule,
): { readonly requests: EvaluationSettings["maps"]; readonly warnings: readonly string[] } {
  const { methods, layers, composites } = options;
  const combination = combinationOf(target);
  if (!composites) {
    if (methods?.length === 0) return { requests: [], warnings: [] };
    // a comparison is of everything that can be compared
    const made = compileRequests(classifier, { ...options, methods: methods ?? "all", preprocessing, combination });
    if (made.compiled.maps.some(({ output }) => output === RANDOM)) {
      throw new LimnError("bad-option", `a method is called "${RANDOM}", as the random map is; give it another name`);
    }
    return made;
  }
  const other = methods ? "methods" : layers ? "layers" : undefined;
  if (other) {
    throw new LimnError(
      "bad-option",
      `composites and ${other} are given: composites are compared by the maps of lrp at the image; leave ${other} out`,
    );
  }
  const { lrp = {}, ...others } = options.options ?? {};
  const stray = Object.keys(others)[0] ?? ("composite" in lrp ? "lrp.composite" : undefined);
  if (stray !== undefined) {
    throw new LimnError(
      "bad-option",
      `options are set for ${stray}, and composites are compared; leave it out: only other options of lrp hold for all of them`,
    );
  }
  return compositeRequests(classifier, composites, lrp, {
    ...(combination ? { combination } : {}),
    ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
  });
}

/** @throws LimnError `bad-option` for a measure that is left out */
function checkRank(by: MeasureName | undefined, { curves }: EvaluationOptions): void {
  if (by === undefined || curves) return;
  const { needs, title } = measures[by];
  if (needs !== "curves" && needs !== "class-curves") return;
  throw new LimnError(
    "bad-option",
    `maps are to be ranked by ${title}, which hides parts of pictures in the order of the map, but curves are left out; ask for them, or rank by another measure`,
  );
}

/** @throws LimnError `bad-option` for methods and rules that can't be sent to another thread or machine */
function checkPlain(requests: EvaluationSettings["maps"]): void {
  const request = requests.find(({ method, options }) => typeof method !== "string" || holdsRule(options));
  if (!request) return;
  const what = typeof request.method === "string" ? `a rule of your own in ${request.method}` : "a method of your own";
  const name = typeof request.method === "string" ? "" : ` (${request.method.name})`;
  throw new LimnError(
    "bad-option",
    `${what}${name} can't be sent to worker threads or through a queue; evaluate with \`workers: 0\` and without a queue`,
  );
}

/** Whether options hold a function somewhere, as rules do. */
const holdsRule = (value: unknown): boolean =>
  typeof value === "function" || (typeof value === "object" && value !== null && Object.values(value).some(holdsRule));

/** The options that results depend on, without those that say how the work is done. */
function settingsOf(
  options: EvaluationOptions,
  target: TargetRule,
  maps: EvaluationSettings["maps"],
  batch: number,
): EvaluationSettings {
  const { model, classifier, data, mapping, masking, curves, random = 0, shattering, sanity } = options;
  const told = {
    ...(mapping === undefined ? {} : { mapping }),
    ...(random === false || maps.length === 0 ? {} : { random }),
  };
  return { model, classifier, data, ...told, maps, target, masking, curves, shattering, sanity, batch };
}

/** Everything that the results depend on, your own definitions included. The model's name and path make no difference. */
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
