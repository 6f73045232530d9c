import { availableParallelism } from "node:os";
import { LimnError, type Runtime, reasonOf, VERSION } from "@limn/core";
import { type FindModelOptions, findModel } from "@limn/node";
import { type Job, UnrecoverableError, Worker } from "bullmq";
import { hire, type Staffing } from "../evaluation/hire.js";
import { checkIdentity } from "../evaluation/identity.js";
import type { ItemRecord } from "../evaluation/result-log.js";
import { AHEAD, type Laborer } from "../evaluation/workforce.js";
import { connectQueue, type QueueConnection } from "./connect.js";
import { Crews } from "./crews.js";
import { QUEUE, type QueuedEvaluation, type Task } from "./task.js";

/** What `runQueueWorker` takes. */
export interface QueueWorkerOptions extends Staffing {
  /** The server's address, redis:// or rediss://, with user and password if it asks for them. */
  readonly queue: string;
  /** Seconds until other workers take over the chunks of a worker that does not answer any more. Default 10. */
  readonly lease?: number;
  /** Ends the work after the chunks that are being measured. */
  readonly signal?: AbortSignal;
  /** Called when the worker is ready, with the queue's address without user and password. */
  readonly onReady?: (address: string) => void;
  /** Called after each chunk, with the number of pictures that were measured so far. */
  readonly onProgress?: (pictures: number) => void;
  /** Called with what goes wrong, and with what the work waits for. */
  readonly onNotice?: (message: string) => void;
  /** Called while a model is downloaded. */
  readonly download?: FindModelOptions["progress"];
}

const LEASE = 10;

/** How often a chunk may be taken over: a chunk that ends every process that measures it is given up. */
const TAKEOVERS = 5;

/** Errors that need no notice: the connection reports outages, and another worker does a chunk that was taken over. */
const EXPECTED = /ECONN|EPIPE|connection is closed|(missing|renew) lock|missing key/i;

/** How long a worker waits after an error of Redis. */
const RETRY_MS = 1000;

/** Does what `runQueueWorker` says, which loads this module. */
export async function serve(options: QueueWorkerOptions, runtime: Runtime): Promise<number> {
  const { queue, workers = availableParallelism(), lease = LEASE, signal, onReady, onProgress } = options;
  const { onNotice = () => {} } = options;
  const connection = await connectQueue(queue, onNotice);
  const crews = new Crews((evaluation) => hireFor(evaluation, options, runtime));
  let pictures = 0;
  const worker = new Worker<Task, ItemRecord[]>(QUEUE.name, (job) => measured(job, crews, onNotice), {
    prefix: QUEUE.prefix,
    connection: connection.redis,
    concurrency: AHEAD * Math.max(1, workers),
    lockDuration: 1000 * lease,
    stalledInterval: 500 * lease,
    maxStalledCount: TAKEOVERS,
    runRetryDelay: RETRY_MS,
  });
  worker.on("completed", (_, items) => {
    pictures += items.length;
    onProgress?.(pictures);
  });
  worker.on("error", (error) => {
    if (!EXPECTED.test(error.message)) onNotice(`queue ${connection.address}: ${reasonOf(error)}`);
  });
  await worker.waitUntilReady();
  if (!signal?.aborted) onReady?.(connection.address);
  await ended(signal);
  await close(worker, connection);
  await crews.release();
  return pictures;
}

async function measured({ data }: Job<Task>, crews: Crews, onNotice: (message: string) => void): Promise<ItemRecord[]> {
  try {
    return await crews.measure(data);
  } catch (error) {
    onNotice(`chunk ${data.chunk} of ${data.evaluation.settings.model}: ${reasonOf(error)}`);
    throw error;
  }
}

/** @throws UnrecoverableError if another attempt would end as this one did */
async function hireFor(
  { settings, identity }: QueuedEvaluation,
  { download, ...staffing }: QueueWorkerOptions,
  runtime: Runtime,
): Promise<readonly Laborer[]> {
  try {
    // settings of another version might not be understood
    checkIdentity(settings.model, { ...identity, limn: VERSION }, identity);
    // the model is downloaded once, with its progress; threads find it in the cache
    await findModel(settings.model, { ...settings.classifier, ...(download ? { progress: download } : {}) });
    // threads do the rest: in this one, it would keep the worker from telling Redis that it is alive
    return await hire(settings, staffing, runtime, { wanted: identity });
  } catch (error) {
    if (error instanceof LimnError && error.code === "bad-option") throw new UnrecoverableError(error.message);
    throw error;
  }
}

function ended(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Ends the worker. Chunks that were begun are finished and handed in, if Redis can be reached. */
async function close(worker: Worker, { redis }: QueueConnection): Promise<void> {
  await worker.close(redis.status !== "ready");
  redis.disconnect();
}
