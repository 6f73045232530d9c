import { setTimeout as sleep } from "node:timers/promises";
import { LimnError, reasonOf } from "@limn/core";
import { Queue } from "bullmq";
import { type ItemRecord, parseItems } from "../evaluation/result-log.js";
import type { Laborer } from "../evaluation/workforce.js";
import { connectQueue, type QueueConnection } from "./connect.js";
import { jobIdOf, QUEUE, type QueuedEvaluation, type Task } from "./task.js";

export interface QueueOptions {
  /** redis:// or rediss://, with user and password if the server asks for them. */
  readonly url: string;
  /** Whether results that wait in the queue are to be ignored. */
  readonly anew: boolean;
  /** Called with what the work waits for, if that takes long. */
  readonly onNotice: (message: string) => void;
}

/** Chunks in the queue at a time: enough for the threads of many machines, and the same memory for any data set. */
const OUTSTANDING = 128;

/** The pause between looks at the queue. */
const POLL_MS = 100;

/** How long no chunk may be finished before the queue is asked whether there is a worker. */
const IDLE_MS = 3000;

/** How long it may take to remove chunks that no worker has begun, since Redis may be away. */
const WITHDRAWAL_MS = 2000;

/** A chunk that fails is tried again after one second, then after two. */
const ATTEMPTS = { attempts: 3, backoff: { type: "exponential", delay: 1000 } } as const;

/** Results that nobody has collected are deleted after a week. */
const KEPT = { age: 7 * 24 * 3600 } as const;

/** States of jobs that no worker has begun. */
const WAITING = ["waiting", "delayed"];

interface Outstanding {
  readonly chunk: number;
  /** Whether it has been added to the queue. */
  submitted: boolean;
  readonly resolve: (items: ItemRecord[] | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hands chunks to workers on this machine and others, through a queue in Redis. Results stay in the queue until they are in
 * the log, so that an evaluation that was killed finds them there when it goes on.
 */
export class QueuedWork implements Laborer {
  readonly ahead = OUTSTANDING;
  readonly #evaluation: QueuedEvaluation;
  readonly #options: QueueOptions;
  readonly #connection: QueueConnection;
  readonly #queue: Queue<Task, unknown>;
  readonly #outstanding = new Map<string, Outstanding>();
  #polling: Promise<void> | undefined;
  #over = false;
  /** When the last chunk was finished, and whether it has been reported that there are no workers. */
  #idle = { since: performance.now(), told: false };

  private constructor(evaluation: QueuedEvaluation, options: QueueOptions, connection: QueueConnection) {
    this.#evaluation = evaluation;
    this.#options = options;
    this.#connection = connection;
    this.#queue = new Queue(QUEUE.name, {
      prefix: QUEUE.prefix,
      connection: connection.redis,
      // results are in the jobs; a long stream of events would hold them a second time
      streams: { events: { maxLen: OUTSTANDING } },
    });
    // the connection reports outages; commands wait until it is back
    this.#queue.on("error", () => {});
  }

  /** @throws LimnError `bad-option` if there is no Redis server at the address */
  static async open(evaluation: QueuedEvaluation, options: QueueOptions): Promise<QueuedWork> {
    return new QueuedWork(evaluation, options, await connectQueue(options.url, options.onNotice));
  }

  measure(chunk: number): Promise<ItemRecord[] | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#over) return resolve(undefined);
      const id = jobIdOf(this.#evaluation, chunk);
      const outstanding = { chunk, submitted: false, resolve, reject };
      this.#outstanding.set(id, outstanding);
      this.#polling ??= this.#poll();
      this.#submit(id, outstanding).catch((error) => this.#settle(id, ({ reject }) => reject(this.#refusal(error))));
    });
  }

  /** Removes a chunk's job. Nothing waits for that: a job that stays in the queue does no harm. */
  forget(chunk: number): void {
    this.#queue.remove(jobIdOf(this.#evaluation, chunk)).catch(() => {});
  }

  giveUp(): void {
    this.#over = true;
    for (const { resolve } of this.#outstanding.values()) resolve(undefined);
  }

  async release(): Promise<void> {
    this.#over = true;
    const { redis } = this.#connection;
    if (redis.status === "ready")
      await Promise.race([this.#withdraw(), sleep(WITHDRAWAL_MS, undefined, { ref: false })]);
    redis.disconnect();
    await this.#queue.close();
  }

  async #submit(id: string, outstanding: Outstanding): Promise<void> {
    const { chunk } = outstanding;
    const state = await this.#queue.getJobState(id);
    if (state === "failed" || (state === "completed" && this.#options.anew)) await this.#queue.remove(id);
    await this.#add(id, chunk);
    outstanding.submitted = true;
  }

  /** Adds a chunk, unless the queue has it already. */
  async #add(id: string, chunk: number): Promise<void> {
    await this.#queue.add(
      "chunk",
      { evaluation: this.#evaluation, chunk },
      { jobId: id, ...ATTEMPTS, removeOnComplete: KEPT, removeOnFail: KEPT },
    );
  }

  async #poll(): Promise<void> {
    while (!this.#over) {
      await sleep(POLL_MS);
      try {
        const submitted = [...this.#outstanding].filter(([, { submitted }]) => submitted);
        await Promise.all(submitted.map(([id, { chunk }]) => this.#look(id, chunk)));
        await this.#askForWorkers();
      } catch (error) {
        const refusal = this.#refusal(error);
        for (const id of this.#outstanding.keys()) this.#settle(id, ({ reject }) => reject(refusal));
      }
    }
  }

  async #look(id: string, chunk: number): Promise<void> {
    const state = await this.#queue.getJobState(id);
    // a server without persistence was restarted
    if (state === "unknown") return this.#add(id, chunk);
    if (state !== "completed" && state !== "failed") return;
    const job = await this.#queue.getJob(id);
    if (!job) return;
    this.#idle = { since: performance.now(), told: false };
    const { returnvalue, failedReason } = job;
    // it is removed, so that it is tried again when the work goes on
    if (state === "failed") await this.#queue.remove(id);
    this.#settle(id, ({ resolve, reject }) => {
      if (state === "failed") return reject(this.#failure(chunk, reasonFor(failedReason)));
      const items = parseItems(returnvalue);
      if (items) resolve(items);
      else
        reject(
          this.#failure(
            chunk,
            "a worker sent something that is not a result; use the same version of Limn on all machines",
          ),
        );
    });
  }

  #settle(id: string, settle: (outstanding: Outstanding) => void): void {
    const outstanding = this.#outstanding.get(id);
    if (!outstanding) return;
    this.#outstanding.delete(id);
    settle(outstanding);
  }

  async #askForWorkers(): Promise<void> {
    const { since, told } = this.#idle;
    if (told || this.#outstanding.size === 0 || performance.now() - since < IDLE_MS) return;
    this.#idle = { since: performance.now(), told: true };
    const { address } = this.#connection;
    if ((await this.#queue.getWorkersCount()) > 0) this.#idle.told = false;
    else
      this.#options.onNotice(`queue ${address}: there are no workers; start some with limn worker --queue ${address}`);
  }

  /** Removes chunks that no worker has begun. Others stay, and are collected when the work goes on. */
  async #withdraw(): Promise<void> {
    await Promise.allSettled(
      [...this.#outstanding.keys()].map(async (id) => {
        if (WAITING.includes(await this.#queue.getJobState(id))) await this.#queue.remove(id);
      }),
    );
  }

  #failure(chunk: number, reason: string): LimnError {
    const { batch } = this.#evaluation.settings;
    const [first, last] = [chunk * batch, (chunk + 1) * batch - 1];
    return new LimnError(
      "runtime",
      `chunk ${chunk} (pictures ${first} to ${last}) failed on a worker: ${reason}; finished results are kept, and the same command goes on from there`,
    );
  }

  #refusal(error: unknown): LimnError {
    const { address } = this.#connection;
    return new LimnError(
      "runtime",
      `queue ${address}: the server refuses a command (${reasonOf(error)}); see the server's log`,
    );
  }
}

/** BullMQ's reason in Limn's words, if a chunk failed because its workers disappeared. */
const reasonFor = (failure: string): string =>
  /stalled more than/.test(failure)
    ? "every worker that measured it disappeared; check whether the workers have enough memory"
    : failure;
