import { Worker } from "node:worker_threads";
import { LimnError } from "@limn/core";
import type { ItemRecord } from "./result-log.js";
import type { Answer, Order } from "./thread-messages.js";
import type { Laborer } from "./workforce.js";

interface Waiting {
  readonly resolve: (items: ItemRecord[]) => void;
  readonly reject: (error: unknown) => void;
}

/** An evaluator in a worker thread of its own. */
export class Thread implements Laborer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #failure: unknown;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @throws LimnError as `Evaluator.open` does */
  static start(order: Order): Promise<Thread> {
    const worker = new Worker(new URL("./worker-thread.js", import.meta.url), { workerData: order });
    const thread = new Thread(worker);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        reject(error);
        thread.#fail(error);
      };
      worker.on("message", (answer: Answer) => {
        if (answer === "ready") resolve(thread);
        else if (answer.chunk === undefined) fail(errorOf(answer));
        else thread.#take(answer);
      });
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new LimnError("runtime", `a worker thread ended with code ${code}`)));
    });
  }

  measure(chunk: number): Promise<ItemRecord[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.set(chunk, { resolve, reject });
      this.#worker.postMessage(chunk);
    });
  }

  async release(): Promise<void> {
    if (this.#failure) return void (await this.#worker.terminate());
    const ended = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#worker.postMessage("end");
    await ended;
  }

  #take(answer: Exclude<Answer, "ready">): void {
    const waiting = this.#waiting.get(answer.chunk as number);
    this.#waiting.delete(answer.chunk as number);
    if ("items" in answer) waiting?.resolve(answer.items);
    else waiting?.reject(errorOf(answer));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const errorOf = (answer: Answer): LimnError =>
  typeof answer === "object" && "message" in answer
    ? new LimnError(answer.code, answer.message)
    : new LimnError("runtime", "a worker thread failed");
