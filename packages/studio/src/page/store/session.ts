import type { About, Engine, EvaluationSummary } from "../../engine/engine.js";
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
  start(engine: Engine): Promise<About>;
  show(view: ViewId): void;
}

declare module "./state.js" {
  interface Studio extends SessionSlice {}
}

export const createSession: Slice<SessionSlice> = (set) => ({
  engine: undefined,
  about: undefined,
  evaluations: [],
  view: "why",
  async start(engine) {
    set({ engine });
    const [about, evaluations] = await Promise.all([engine.about(), engine.evaluations()]);
    set({ about, evaluations });
    return about;
  },
  show: (view) => set({ view }),
});

/** The engine of a page that has started. */
export function engineOf({ engine }: Pick<SessionSlice, "engine">): Engine {
  if (!engine) throw new Error("the studio has not started");
  return engine;
}
