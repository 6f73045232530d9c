import type { Classification, HideBy } from "../../engine/engine.js";
import type { Slice } from "./state.js";

/** What the model says while a part of the photo is hidden. */
export interface HidingSlice {
  /** Undefined as long as nothing is hidden: the classes then show what the model says of the whole photo. */
  readonly hidden: Classification | undefined;
  /** What takes the place of what is hidden. */
  readonly hideBy: HideBy;
  setHidden(hidden: Classification | undefined): void;
  setHideBy(hideBy: HideBy): void;
}

declare module "./state.js" {
  interface Studio extends HidingSlice {}
}

export const createHiding: Slice<HidingSlice> = (set) => ({
  hidden: undefined,
  hideBy: "blur",
  setHidden: (hidden) => set({ hidden }),
  setHideBy: (hideBy) => set({ hideBy }),
});
