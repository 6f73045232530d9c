import { asOpened, bytesOpen, type ModelOrigin, nameOf, type StudioModel, sourceOf } from "./model.js";
import type { Spot } from "./notices.js";
import { engineOf, letGo } from "./session.js";
import type { Slice } from "./state.js";

/** A second model, which is asked about the same photo. */
export interface OtherSlice {
  readonly other: StudioModel | undefined;
  /** The name of the one that is being opened. */
  readonly openingOther: string | undefined;
  /** Opens a second model; if it is refused, or is the first one, the one before stays, and the person is told. */
  openOther(origin: ModelOrigin, spot?: Spot): Promise<boolean>;
}

declare module "./state.js" {
  interface Studio extends OtherSlice {}
}

export const createOther: Slice<OtherSlice> = (set, get) => {
  let abort = new AbortController();
  return {
    other: undefined,
    openingOther: undefined,
    async openOther(origin, spot) {
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      set({ openingOther: nameOf(origin) });
      try {
        const opened = await engineOf(get()).openModel(await sourceOf(origin), {}, { signal });
        if (signal.aborted) return false;
        const { model, other: before, correct, say } = get();
        if (opened.handle === model?.handle) {
          say("note", `${opened.name} is the model that is open already; choose another one to compare it with`, spot);
          // it was opened without what had been corrected of it
          await correct({});
          return false;
        }
        if (before && before.handle !== opened.handle) letGo(engineOf(get()), before.handle);
        set({ other: asOpened(opened, origin, {}) });
        get().freeMemory(bytesOpen(get()));
        return true;
      } catch (error) {
        if (!signal.aborted) get().complain(error, spot);
        return false;
      } finally {
        if (!signal.aborted) set({ openingOther: undefined });
      }
    },
  };
};
