import type { Picture, Rectangle } from "@limn/core";

/** What is known of a picture before it is opened. */
export interface DataItem {
  /**
   * Unique in the data set, and the same in every reading of it: a path relative to the data, with slashes, or a scene's
   * number.
   */
  readonly id: string;
  /** The class as the data calls it: a name, or an index of the model's classes; undefined where it says nothing. */
  readonly label: string | number | undefined;
}

/** An object in a picture. */
export interface DataObject {
  readonly class: string | number;
  /** In the picture's pixels. */
  readonly box: Rectangle;
  /** Its pixels, [height, width] of the picture, 1 on it, 0 beside it; undefined where only the box is known. */
  readonly mask?: () => Promise<Uint8Array>;
}

export interface OpenedItem {
  readonly picture: Picture;
  readonly objects: readonly DataObject[];
  readonly warnings: readonly string[];
}

/** Labeled pictures, in an order that does not change. */
export interface DataSet {
  /** In words, for reports. */
  readonly title: string;
  readonly items: readonly DataItem[];
  /** The finest that it knows of objects. */
  readonly objects: "masks" | "boxes" | "none";
  /** Every class that it lists, or that a label or an object is of, as the data calls them. */
  readonly classes: readonly (string | number)[];
  readonly warnings: readonly string[];
  /** A SHA-256 over ids, labels and annotations: readings of the same data agree, on every machine. */
  readonly fingerprint: string;
  /** @throws LimnError `bad-input` that names the file */
  open(index: number): Promise<OpenedItem>;
}
