import type { TruthTest } from "../truth-tests.js";
import type { Slice } from "./state.js";

/** Where a person is within a view; addresses lead there. */
export interface PlacesSlice {
  /** How it is tested whether a map is true. */
  readonly test: TruthTest;
  /** The node of the network that is looked at, by its index; undefined for that of the default layer. */
  readonly node: number | undefined;
  chooseTest(test: TruthTest): void;
  chooseNode(node: number | undefined): void;
}

declare module "./state.js" {
  interface Studio extends PlacesSlice {}
}

export const createPlaces: Slice<PlacesSlice> = (set) => ({
  test: "brush",
  node: undefined,
  chooseTest: (test) => set({ test }),
  chooseNode: (node) => set({ node }),
});
