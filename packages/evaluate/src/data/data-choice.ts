import type { PixelRange } from "@limn/node";

/** A data set as plain data: worker threads and other machines that are given it open the same one. */
export interface DataChoice {
  /** A path, the address of a manifest or COCO's annotations, or `scenes:` and how many. */
  readonly data: string;
  /** Default: recognized from what is there. */
  readonly format?: DataFormat;
  /** The part of the data, such as train or val, where the format has parts. Default: all. */
  readonly split?: string;
  /** How many pictures to choose at random. Default: all. */
  readonly sample?: number;
  /** The same seed chooses the same pictures. Default 0. */
  readonly seed?: number;
  /** The folder or address of the pictures that a manifest or COCO's annotations name. Default: near the file. */
  readonly pictures?: string;
  /** Which values become black and white in pictures with more than 8 bits. */
  readonly range?: PixelRange;
}

/** A choice whose files, but for pictures, are on this disk. */
export interface LocalData extends DataChoice {
  /** The path that `data` stands for: itself, or a copy of what is at an address. */
  readonly file: string;
}

export type DataFormat = "folders" | "manifest" | "coco" | "voc" | "scenes";
