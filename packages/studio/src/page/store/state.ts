import type { StateCreator } from "zustand";

/** All that the page knows. Every slice adds its own part to this, in its own file. */
// biome-ignore lint/suspicious/noEmptyInterface: see above
export interface Studio {}

/** Makes the part of the store about one subject; it sees all of it. */
export type Slice<Part> = StateCreator<Studio, [], [], Part>;
