import type { Slice } from "./state.js";

/** Where on the page something happened, in pixels from its upper left corner. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Something that is to be read, such as why a file was refused. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "note";
  readonly text: string;
  /** Where what it is about was dropped; undefined if that has no place. */
  readonly spot: Spot | undefined;
}

export interface NoticesSlice {
  readonly notices: readonly Notice[];
  say(kind: Notice["kind"], text: string, spot?: Spot): void;
  /** Says why something failed, in its own words. What was stopped says nothing. */
  complain(error: unknown, spot?: Spot): void;
  dismiss(id: number): void;
  /** Takes all of it away, since something else is tried now. */
  tryAgain(): void;
}

declare module "./state.js" {
  interface Studio extends NoticesSlice {}
}

let lastId = 0;

export const createNotices: Slice<NoticesSlice> = (set, get) => ({
  notices: [],
  say(kind, text, spot) {
    const others = get().notices.filter((notice) => notice.text !== text);
    set({ notices: [...others, { id: ++lastId, kind, text, spot }].slice(-4) });
  },
  complain(error, spot) {
    if (isStopped(error)) return;
    get().say("error", error instanceof Error ? error.message : String(error), spot);
  },
  tryAgain: () => set({ notices: [] }),
  dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
});

/** Whether a call was ended because nobody wanted its answer any more. */
export const isStopped = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
