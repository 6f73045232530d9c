import type { Picture, Rectangle } from "@limn/core";

/** What is known about a picture before it is opened. */
export interface DataItem {
  /**
   * Unique in the data set, and the same whenever it is read: a path relative to the data, with slashes, or a scene's
   * number.
   */
  readonly id: string;
  /** The class as the data names it: a name, or an index of the model's classes; undefined if the picture has no label. */
  readonly label: string | number | undefined;
}

/** An object in a picture. */
export interface DataObject {
  /** As the data names it. */
  readonly class: string | number;
  /** In the picture's pixels. */
  readonly box: Rectangle;
  /** Its pixels, [height, width] of the picture: 1 on the object, 0 elsewhere; undefined if only the box is known. */
  readonly mask?: () => Promise<Uint8Array>;
}

/** A picture of a data set, once it is opened. */
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
  /** How precisely objects are known: by masks of some of them at least, by boxes, or not at all. */
  readonly objects: "masks" | "boxes" | "none";
  /** Every class that the data lists, or that a label or an object has, as the data names it. */
  readonly classes: readonly (string | number)[];
  readonly warnings: readonly string[];
  /** A SHA-256 of ids, labels and annotations: the same for the same data, on every machine. */
  readonly fingerprint: string;
  /** Reads a picture, by its index in `items`. @throws LimnError `bad-input` that names the file */
  open(index: number): Promise<OpenedItem>;
}
