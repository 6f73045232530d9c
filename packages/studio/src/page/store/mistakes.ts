import type { EvaluatedPicture, Evaluation } from "../../engine/engine.js";
import type { Group } from "../mistakes/confusion.js";
import { engineOf } from "./session.js";
import type { Slice } from "./state.js";

/** The evaluation whose mistakes are looked at, and where in it the person is. */
export interface MistakesSlice {
  /** Undefined until it is opened. */
  readonly evaluation: Evaluation | undefined;
  readonly group: Group;
  /** How far the pictures of the group are scrolled, in pixels. */
  readonly scrolled: number;
  /** The picture of the evaluation that was opened last, by its name. */
  readonly visited: string | undefined;
  /** That which is being opened. */
  readonly visiting: string | undefined;
  openEvaluation(name: string): Promise<void>;
  lookAt(group: Group): void;
  keepScrolled(scrolled: number): void;
  /** Asks the evaluation's model about one of its pictures: why it is called so, next to what it is. */
  visit(item: EvaluatedPicture): Promise<void>;
}

declare module "./state.js" {
  interface Studio extends MistakesSlice {}
}

export const createMistakes: Slice<MistakesSlice> = (set, get) => ({
  evaluation: undefined,
  group: { kind: "mistakes" },
  scrolled: 0,
  visited: undefined,
  visiting: undefined,
  async openEvaluation(name) {
    try {
      const evaluation = await engineOf(get()).evaluation(name);
      set({ evaluation, group: { kind: "mistakes" }, scrolled: 0, visited: undefined });
    } catch (error) {
      get().complain(error);
    }
  },
  lookAt: (group) => set({ group, scrolled: 0, visited: undefined }),
  keepScrolled: (scrolled) => set({ scrolled }),
  async visit({ name, truth, predicted }) {
    const { evaluation, visiting, visited, openModel, openPhoto } = get();
    if (!evaluation || visiting !== undefined) return;
    set({ visiting: name });
    try {
      const { origin } = get().model ?? {};
      const isOpen = origin?.kind === "named" && origin.name === evaluation.model;
      if (!isOpen && !(await openModel({ kind: "named", name: evaluation.model }))) return;
      const opened = await openPhoto({ kind: "named", name });
      if (!opened) return;
      const before = get().photos.find(({ named }) => named === visited);
      if (before && before.handle !== opened.handle) get().closePhoto(before.handle);
      get().choose(predicted);
      set({ visited: name, pins: truth === undefined || truth === predicted ? [] : [truth] });
      get().show("why");
    } finally {
      set({ visiting: undefined });
    }
  },
});
