import { availableParallelism } from "node:os";
import { batchFor, LimnError, type Runtime, VERSION } from "@limn/core";
import type { DataSet } from "../data/data-set.js";
import { type LabelMatch, matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import type { FindModelOptions } from "../models/find-model.js";
import { type OpenedClassifier, openClassifier } from "../open-classifier.js";
import { compileRequests, type RequestOptions } from "../requests.js";
import { makeFolder } from "../write-file.js";
import { Evaluator } from "./evaluator.js";
import { modelHash } from "./identity.js";
import { ResultLog } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import { Thread } from "./thread.js";
import { type Laborer, workOff } from "./workforce.js";

export interface EvaluationOptions
  extends Omit<EvaluationSettings, "batch" | "maps">,
    Pick<RequestOptions, "methods" | "layers" | "options"> {
  /** Where the results are kept; an evaluation of the same settings goes on there. */
  readonly folder: string;
  /** Begins again, whatever the folder holds. */
  readonly anew?: boolean;
  /** Pictures that are explained together. Default: what fits their size, where the model takes more than one. */
  readonly batch?: number;
  /** Worker threads, each with a copy of the model; 0 works in the calling thread. Default: one a core. */
  readonly workers?: number;
  /** Threads within one operator, for each worker. Default: the cores divided by the workers. */
  readonly threads?: number;
  /** ONNX Runtime's execution providers. */
  readonly providers?: readonly string[];
  /** Called as a model is downloaded. */
  readonly download?: FindModelOptions["progress"];
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Ends the work after the pictures that are being measured. */
  readonly signal?: AbortSignal;
}

export interface EvaluationProgress {
  /** Pictures that are measured, those of earlier runs included. */
  readonly done: number;
  readonly total: number;
}

/** An evaluation whose pictures are all measured, or as many as there was time for. */
export interface EvaluationRun {
  readonly settings: EvaluationSettings;
  readonly data: DataSet;
  readonly opened: OpenedClassifier;
  readonly match: LabelMatch;
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
 * @throws LimnError for settings that can't be used, `bad-option` where the folder holds another evaluation
 */
export async function runEvaluation(options: EvaluationOptions, runtime: Runtime): Promise<EvaluationRun> {
  const { folder, anew = false, workers = availableParallelism(), download, onProgress, signal } = options;
  const opened = await openClassifier(options.model, runtime, {
    ...options.classifier,
    ...(download ? { progress: download } : {}),
  });
  const data = await openData(options.data);
  const { classifier, labels, wordnet, found } = opened;
  const match = matchLabels(data, { classes: classifier.classes, labels, wordnet, mapping: options.mapping });
  const { preprocessing } = opened;
  const { requests, warnings } = compileRequests(classifier, { ...options, preprocessing });
  const settings = settingsOf(options, requests, await usableBatch(opened, options.batch));
  const hash = await modelHash(found.path);
  await makeFolder(folder);
  const log = await ResultLog.open(folder, headOf(settings, hash, data), anew);

  const total = data.items.length;
  const chunks = Math.ceil(total / settings.batch);
  const missing = Array.from({ length: chunks }, (_, i) => i).filter((chunk) => !log.has(chunk));
  const sizeOf = (chunk: number) => Math.min(settings.batch, total - chunk * settings.batch);
  let done = total - missing.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
  onProgress?.({ done, total });
  if (missing.length > 0 && !signal?.aborted) {
    const laborers = await hire(settings, Math.min(workers, missing.length), options, runtime);
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
  return {
    settings,
    data,
    opened,
    match,
    log,
    modelHash: hash,
    interrupted: log.chunks < chunks,
    warnings: [...opened.warnings, ...data.warnings, ...match.warnings, ...warnings],
  };
}

/** Without what says how the work is done, which results do not depend on. */
function settingsOf(options: EvaluationOptions, maps: EvaluationSettings["maps"], batch: number): EvaluationSettings {
  const { model, classifier, data, mapping, target, masking, curves, shattering, sanity } = options;
  const told = mapping === undefined ? {} : { mapping };
  return { model, classifier, data, ...told, maps, target, masking, curves, shattering, sanity, batch };
}

/** What decides the results: that the model is called otherwise, or lies elsewhere, makes no difference. */
function headOf(settings: EvaluationSettings, hash: string, data: DataSet) {
  const { model: _, data: __, ...rest } = settings;
  return { version: VERSION, model: hash, data: data.fingerprint, items: data.items.length, ...rest };
}

/** @throws LimnError where the model does not take the batch that was asked for */
async function usableBatch({ classifier, reload }: OpenedClassifier, wanted: number | undefined): Promise<number> {
  const batch = wanted ?? batchFor(classifier);
  if (batch === 1) return 1;
  try {
    await reload([batch, ...classifier.image.dims.slice(1)]);
    return batch;
  } catch (error) {
    // that the batch is open does not mean that the model works with another
    if (wanted === undefined && error instanceof LimnError) return 1;
    throw error;
  }
}

async function hire(
  settings: EvaluationSettings,
  workers: number,
  { threads, providers }: Pick<EvaluationOptions, "threads" | "providers">,
  runtime: Runtime,
): Promise<Laborer[]> {
  if (workers === 0) return [await Evaluator.open(settings, runtime)];
  const order = { settings, threads: threads ?? Math.max(1, Math.floor(availableParallelism() / workers)), providers };
  const starting = await Promise.allSettled(Array.from({ length: workers }, () => Thread.start(order)));
  const failure = starting.find((start) => start.status === "rejected");
  const started = starting.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  if (!failure) return started;
  await Promise.allSettled(started.map((thread) => thread.release()));
  throw failure.reason;
}
