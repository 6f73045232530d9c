import type { Picture } from "@limn/core";
import type { OpenedPicture } from "../../engine/engine.js";
import { engineOf, letGo } from "./session.js";
import type { Slice } from "./state.js";

/** A picture that is being imagined, or has been. */
export interface Imagined {
  readonly target: number;
  /** Undefined before the first is shown. */
  readonly picture: Picture | undefined;
  /** Of the class for it, 0 to 1. */
  readonly probability: number | undefined;
  readonly done: number;
  readonly total: number;
  readonly state: "grows" | "stopped" | "ready";
}

/** What classes look like to the model. */
export interface ImaginedSlice {
  /** By class, those that were begun first first; all of one model. */
  readonly imagined: ReadonlyMap<number, Imagined>;
  /** Begins a picture of a class; if one grows, that is stopped. */
  imagine(target: number): Promise<void>;
  stopImagining(): void;
  /** Asks the model about a picture that it imagined. */
  askAboutImagined(target: number, name: string): Promise<void>;
}

declare module "./state.js" {
  interface Studio extends ImaginedSlice {}
}

export const createImagined: Slice<ImaginedSlice> = (set, get) => {
  let abort: AbortController | undefined;

  const change = (target: number, some: Partial<Imagined>): void => {
    const before = get().imagined.get(target);
    if (before) set({ imagined: new Map(get().imagined).set(target, { ...before, ...some }) });
  };

  return {
    imagined: new Map(),
    async imagine(target) {
      get().stopImagining();
      const { model } = get();
      if (!model) return;
      const own = new AbortController();
      abort = own;
      const begun: Imagined = { target, picture: undefined, probability: undefined, done: 0, total: 0, state: "grows" };
      set({ imagined: new Map(get().imagined).set(target, begun) });
      try {
        const opened = await engineOf(get()).imagine(model.handle, target, {
          signal: own.signal,
          onStep: ({ picture, probability, done, total }) => {
            if (!own.signal.aborted) change(target, { picture, probability, done, total });
          },
        });
        close(opened);
        if (!own.signal.aborted) change(target, { picture: opened.picture, state: "ready" });
      } catch (error) {
        if (own.signal.aborted) return;
        change(target, { state: "stopped" });
        get().complain(error);
      } finally {
        if (abort === own) abort = undefined;
      }
    },
    stopImagining() {
      abort?.abort();
      abort = undefined;
      for (const { target, state } of get().imagined.values())
        if (state === "grows") change(target, { state: "stopped" });
    },
    async askAboutImagined(target, name) {
      const picture = get().imagined.get(target)?.picture;
      if (!picture || !(await get().openPhoto({ kind: "pixels", name, picture }))) return;
      get().choose(target);
      get().show("why");
    },
  };

  /** The engine's own copy; the page has the pixels. */
  function close({ handle }: OpenedPicture): void {
    if (!get().photos.some((photo) => photo.handle === handle)) letGo(engineOf(get()), handle);
  }
};
