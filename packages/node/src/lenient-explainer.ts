import {
  type Compiled,
  Explainer,
  type ExplainerOptions,
  type Explanation,
  LimnError,
  nameOfMethod,
  type Runtime,
} from "@limn/core";
import type { CompiledRequests, MethodFailure } from "./requests.js";

/**
 * An explainer that does without methods that ONNX Runtime can't run, so that one of them does not take the others with
 * it: if the graph of all of them fails, each is tried alone, and those that work are compiled together again.
 */
export class LenientExplainer {
  /** Methods that failed so far. */
  readonly dropped: MethodFailure[] = [];
  readonly #made: CompiledRequests;
  readonly #runtime: Runtime;
  readonly #options: ExplainerOptions;
  #compiled: Compiled;
  #requests: CompiledRequests["requests"];
  #explainer: Explainer | undefined;

  private constructor(made: CompiledRequests, runtime: Runtime, options: ExplainerOptions) {
    this.#made = made;
    this.#runtime = runtime;
    this.#options = options;
    this.#compiled = made.compiled;
    this.#requests = made.requests;
  }

  /** @param options as `Explainer.create` takes them @throws LimnError `runtime` if no method can be run */
  static async create(
    made: CompiledRequests,
    runtime: Runtime,
    options: ExplainerOptions = {},
  ): Promise<LenientExplainer> {
    const lenient = new LenientExplainer(made, runtime, options);
    await lenient.#attempt(() => lenient.#loaded());
    return lenient;
  }

  get compiled(): Compiled {
    return this.#compiled;
  }

  /** As `Explainer.explain`, of the methods that work. @throws LimnError as that does, if none works */
  explain(...given: Parameters<Explainer["explain"]>): Promise<Explanation[]> {
    const run = async () => (await this.#loaded()).explain(...given);
    return this.#attempt(run, (alone) => alone.explain(...given));
  }

  async release(): Promise<void> {
    await this.#explainer?.release();
    this.#explainer = undefined;
  }

  async #loaded(): Promise<Explainer> {
    this.#explainer ??= await Explainer.create(this.#compiled, this.#runtime, this.#options);
    return this.#explainer;
  }

  /** @param proof what a method alone has to get through, loaded */
  async #attempt<T>(action: () => Promise<T>, proof?: (alone: Explainer) => Promise<unknown>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (this.#requests.length < 2 || !isFault(error)) throw error;
      const working = await this.#tried(proof);
      // what works alone can fail together: then nobody is to blame
      if (working.length === 0 || working.length === this.#requests.length) throw error;
      this.#requests = working;
      this.#compiled = this.#made.recompile(working);
      await this.release();
      return action();
    }
  }

  async #tried(proof: ((alone: Explainer) => Promise<unknown>) | undefined): Promise<CompiledRequests["requests"]> {
    const working: CompiledRequests["requests"] = [];
    for (const request of this.#requests) {
      try {
        const alone = await Explainer.create(this.#made.recompile([request]), this.#runtime, { runs: 1 });
        try {
          await proof?.(alone);
        } finally {
          await alone.release();
        }
        working.push(request);
      } catch (error) {
        if (!isFault(error)) throw error;
        this.dropped.push({ method: nameOfMethod(request.method), reason: error.message });
      }
    }
    return working;
  }
}

/** Whether an error can be one method's, and not of what it is given. */
const isFault = (error: unknown): error is LimnError =>
  error instanceof LimnError && error.code !== "bad-input" && error.code !== "bad-option";
