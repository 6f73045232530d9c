import type { MapWish } from "../../engine/engine.js";
import type { Slice } from "./state.js";

/** One of the pictures that a view shows, by which it can be made again: to be taken away. */
export type Shown =
  | { readonly kind: "photo" }
  /** By the second of two models, or by the one that is open. */
  | { readonly kind: "map"; readonly wish: MapWish; readonly target: number; readonly by?: "other" }
  /** The map of one class minus that of another. */
  | { readonly kind: "difference"; readonly wish: MapWish; readonly target: number; readonly other: number }
  /** The map by the model that is open minus that by the second one. */
  | {
      readonly kind: "models";
      readonly wish: MapWish;
      readonly target: number;
      readonly otherWish: MapWish;
      readonly otherTarget: number;
    };

export interface ShownSlice {
  /** What the view shows, in its order. */
  readonly shown: readonly Shown[];
  setShown(shown: readonly Shown[]): void;
}

declare module "./state.js" {
  interface Studio extends ShownSlice {}
}

export const createShown: Slice<ShownSlice> = (set) => ({
  shown: [],
  setShown: (shown) => set({ shown }),
});
