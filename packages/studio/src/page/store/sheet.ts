import type { PictureSource } from "../../engine/engine.js";
import type { SheetOrder } from "../sheet-orders.js";
import type { Photo } from "./photos.js";
import type { Slice, Studio } from "./state.js";

/** A photo of the contact sheet. */
export interface SheetPhoto {
  readonly key: string;
  readonly name: string;
  /** A file is read when it is looked at: many photos at once would not fit into memory. */
  readonly from: File | Photo;
}

/** What the model says of a photo of the sheet at a glance. */
export type SheetGlance =
  | {
      /** The predicted class. */
      readonly target: number;
      readonly probability: number;
      /** The middle of the photo with its map: an address of this page. */
      readonly image: string;
    }
  | { readonly refused: string };

/** Many photos at once. */
export interface SheetSlice {
  /** Photos that were opened together, which are not on the table. */
  readonly batch: readonly SheetPhoto[];
  readonly sheetOrder: SheetOrder;
  /** In pixels. */
  readonly sheetScrolled: number;
  /** The photo of the sheet that was opened last, and what it is on the table. */
  readonly sheetVisited: { readonly key: string; readonly handle: string } | undefined;
  /** Whether one is being opened. */
  readonly isVisitingSheet: boolean;
  /** By keys of photos; all of them by the same model and method, which `glancesBy` says. */
  readonly glances: ReadonlyMap<string, SheetGlance>;
  readonly glancesBy: string;
  addToBatch(files: readonly File[]): void;
  clearBatch(): void;
  orderSheet(order: SheetOrder): void;
  keepSheetScrolled(scrolled: number): void;
  /** Forgets what others say of the photos. */
  beginGlances(by: string): void;
  keepGlance(by: string, key: string, glance: SheetGlance): void;
  /** Asks why about one of the photos. */
  visitSheet(photo: SheetPhoto): Promise<void>;
}

declare module "./state.js" {
  interface Studio extends SheetSlice {}
}

let keys = 0;

export const createSheet: Slice<SheetSlice> = (set, get) => ({
  batch: [],
  sheetOrder: "given",
  sheetScrolled: 0,
  sheetVisited: undefined,
  isVisitingSheet: false,
  glances: new Map(),
  glancesBy: "",
  addToBatch(files) {
    const added = files.map((from): SheetPhoto => ({ key: `file ${++keys}`, name: from.name, from }));
    set({ batch: [...get().batch, ...added] });
  },
  clearBatch() {
    const { batch, glances } = get();
    const left = new Map(glances);
    for (const { key } of batch) {
      free(left.get(key));
      left.delete(key);
    }
    set({ batch: [], glances: left, sheetScrolled: 0, sheetVisited: undefined });
  },
  orderSheet: (sheetOrder) => set({ sheetOrder, sheetScrolled: 0, sheetVisited: undefined }),
  keepSheetScrolled: (sheetScrolled) => set({ sheetScrolled }),
  beginGlances(by) {
    if (by === get().glancesBy) return;
    for (const glance of get().glances.values()) free(glance);
    set({ glances: new Map(), glancesBy: by });
  },
  keepGlance(by, key, glance) {
    if (by === get().glancesBy) set({ glances: new Map(get().glances).set(key, glance) });
    else free(glance);
  },
  async visitSheet({ key, from }) {
    if (get().isVisitingSheet) return;
    set({ isVisitingSheet: true });
    try {
      const { photos, sheetVisited: before, openPhoto, choosePhoto } = get();
      const opened = from instanceof File ? await openPhoto(await sourceOfFile(from)) : from;
      if (!opened) return;
      choosePhoto(opened.handle);
      // of the photos of a batch, one at a time is on the table
      if (before?.key.startsWith("file ") && before.handle !== opened.handle) get().closePhoto(before.handle);
      // what was on the table before stays there
      const isOfTable = photos.some(({ handle }) => handle === opened.handle && before?.handle !== handle);
      set({ sheetVisited: { key: isOfTable ? `table ${opened.handle}` : key, handle: opened.handle }, pins: [] });
      get().choose(undefined);
      get().show("why");
    } catch (error) {
      get().complain(error);
    } finally {
      set({ isVisitingSheet: false });
    }
  },
});

export const sourceOfFile = async (file: File): Promise<PictureSource> => ({
  kind: "file",
  file: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) },
});

function free(glance: SheetGlance | undefined): void {
  if (glance && "image" in glance) URL.revokeObjectURL(glance.image);
}

/** All photos: those on the table, except for one that is from the sheet, and those of the batch. */
export const sheetPhotos = ({ photos, batch, sheetVisited }: Pick<Studio, "photos" | "batch" | "sheetVisited">) => [
  ...photos.flatMap((from): SheetPhoto[] =>
    sheetVisited?.key.startsWith("file ") && sheetVisited.handle === from.handle
      ? []
      : [{ key: `table ${from.handle}`, name: from.name, from }],
  ),
  ...batch,
];
