import type { About, Engine, EvaluationSummary } from "../../engine/engine.js";
import type { Connection } from "../engine/connect-worker.js";
import type { Backend } from "../engine/web-runtime.js";
import type { ViewId } from "../view-ids.js";
import type { Slice } from "./state.js";

/** Who answers, and where in the studio the person is. */
export interface SessionSlice {
  /** Undefined before `start`. */
  readonly engine: Engine | undefined;
  readonly about: About | undefined;
  /** Those that `limn studio --data` offers. */
  readonly evaluations: readonly EvaluationSummary[];
  readonly view: ViewId;
  /** What runs the graphs, if the person has a choice. */
  readonly backend: Backend | undefined;
  start(connection: Connection, backend: Backend): Promise<About>;
  /** Asks the engine again what it is: it may have had to change. */
  lookAgain(): Promise<void>;
  /** Begins again on the CPU or the GPU, with what is open. */
  runOn(backend: Backend): void;
  /**
   * Lets the memory of models go that were closed: the memory of wasm never shrinks, so that of a large model is only free with
   * the engine that held it. A new one takes its place, with what is open.
   * @param bytes of the models that are open
   */
  freeMemory(bytes: number): void;
  show(view: ViewId): void;
}

declare module "./state.js" {
  interface Studio extends SessionSlice {}
}

/** The memory of smaller models is not worth beginning again, in bytes. */
const LARGE = 50e6;

/** How many times larger than what is open a model must have been. */
const MUCH = 2;

export const createSession: Slice<SessionSlice> = (set, get) => {
  let restart: Connection["runOn"];
  /** The most bytes of models that the engine had to hold at once. */
  let most = 0;
  return {
    engine: undefined,
    about: undefined,
    evaluations: [],
    view: "why",
    backend: undefined,
    async start({ engine, runOn }, backend) {
      restart = runOn;
      set({ engine, backend: runOn && backend });
      const [about, evaluations] = await Promise.all([engine.about(), engine.evaluations()]);
      set({ about, evaluations });
      return about;
    },
    async lookAgain() {
      set({ about: await engineOf(get()).about() });
    },
    runOn(backend) {
      if (!restart) return;
      rememberBackend(backend);
      set({ backend });
      restart(backend);
    },
    freeMemory(bytes) {
      const { backend } = get();
      most = Math.max(most, bytes);
      if (!restart || !backend || most < LARGE || most < MUCH * bytes) return;
      most = bytes;
      restart(backend);
    },
    show: (view) => set({ view }),
  };
};

const BACKEND = "limn-runs-on";

/** What the person chose on an earlier visit. */
export function rememberedBackend(): Backend {
  try {
    return localStorage.getItem(BACKEND) === "webgpu" ? "webgpu" : "wasm";
  } catch {
    // the browser keeps nothing
    return "wasm";
  }
}

function rememberBackend(backend: Backend): void {
  try {
    localStorage.setItem(BACKEND, backend);
  } catch {
    // it holds for this visit
  }
}

/** The engine of a page that has started. */
export function engineOf({ engine }: Pick<SessionSlice, "engine">): Engine {
  if (!engine) throw new Error("the studio has not started");
  return engine;
}

/** Closes a model or picture in the engine. One that is lost meanwhile holds nothing any more. */
export const letGo = (engine: Engine, handle: string): void => void engine.release(handle).catch(() => {});
