import type { MapWish } from "../../engine/engine.js";
import type { Slice } from "./state.js";

/** One of the pictures that a view shows, by which it can be made again: to be taken away. */
export type Shown =
  | { readonly kind: "photo" }
  | { readonly kind: "map"; readonly wish: MapWish; readonly target: number }
  /** The map of one class minus that of another. */
  | { readonly kind: "difference"; readonly wish: MapWish; readonly target: number; readonly other: number };

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
