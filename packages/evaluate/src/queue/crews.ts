import type { ItemRecord } from "../evaluation/result-log.js";
import type { Laborer } from "../evaluation/workforce.js";
import type { QueuedEvaluation, Task } from "./task.js";

/** How many evaluations stay open: each has a copy of its model in every thread. */
const MOST = 2;

/** Laborers that have the same evaluation open. */
class Crew {
  readonly #laborers: readonly Laborer[];
  readonly #pending = new Map<Laborer, number>();
  readonly #measuring = new Map<number, Promise<ItemRecord[]>>();

  constructor(laborers: readonly Laborer[]) {
    this.#laborers = laborers;
  }

  /** Measures a chunk. If it comes again while it is being measured, since its lease was over, it is measured once. */
  measure(chunk: number): Promise<ItemRecord[]> {
    const measuring = this.#measuring.get(chunk) ?? this.#measured(chunk);
    this.#measuring.set(chunk, measuring);
    return measuring;
  }

  async #measured(chunk: number): Promise<ItemRecord[]> {
    const pending = (laborer: Laborer) => this.#pending.get(laborer) ?? 0;
    const laborer = this.#laborers.reduce((a, b) => (pending(b) < pending(a) ? b : a));
    this.#pending.set(laborer, pending(laborer) + 1);
    try {
      const items = await laborer.measure(chunk);
      if (!items) throw new Error(`chunk ${chunk} was given up without reason`);
      return items;
    } finally {
      this.#measuring.delete(chunk);
      this.#pending.set(laborer, pending(laborer) - 1);
    }
  }

  /** Releases the laborers once chunks that were begun are done. */
  async release(): Promise<void> {
    await Promise.allSettled(this.#measuring.values());
    await Promise.allSettled(this.#laborers.map((laborer) => laborer.release()));
  }
}

/** Keeps the evaluations open whose chunks came last. */
export class Crews {
  readonly #hire: (evaluation: QueuedEvaluation) => Promise<readonly Laborer[]>;
  /** By the evaluations' keys; the one that was used last is at the end. */
  readonly #crews = new Map<string, Promise<Crew>>();
  readonly #leaving = new Set<Promise<void>>();

  /** @param hire opens an evaluation */
  constructor(hire: (evaluation: QueuedEvaluation) => Promise<readonly Laborer[]>) {
    this.#hire = hire;
  }

  /** @throws the error of opening the evaluation or measuring the chunk; the next time, the evaluation is opened again */
  async measure({ evaluation, chunk }: Task): Promise<ItemRecord[]> {
    const crew = this.#crewOf(evaluation);
    try {
      return await (await crew).measure(chunk);
    } catch (error) {
      // the error may have ended a thread
      if (this.#crews.get(evaluation.key) === crew) this.#dismiss(evaluation.key);
      throw error;
    }
  }

  async release(): Promise<void> {
    for (const key of [...this.#crews.keys()]) this.#dismiss(key);
    await Promise.all(this.#leaving);
  }

  #crewOf(evaluation: QueuedEvaluation): Promise<Crew> {
    const { key } = evaluation;
    const crew = this.#crews.get(key) ?? this.#hire(evaluation).then((laborers) => new Crew(laborers));
    this.#crews.delete(key);
    this.#crews.set(key, crew);
    for (const oldest of [...this.#crews.keys()].slice(0, -MOST)) this.#dismiss(oldest);
    return crew;
  }

  #dismiss(key: string): void {
    const crew = this.#crews.get(key);
    this.#crews.delete(key);
    if (!crew) return;
    const leaving = crew.then(
      (hired) => hired.release(),
      () => {},
    );
    this.#leaving.add(leaving);
    leaving.finally(() => this.#leaving.delete(leaving));
  }
}
