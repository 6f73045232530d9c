import type { PixelRange } from "@limn/node";

/** Names a data set. It is plain data, so that worker threads and other machines can open the same data set. */
export interface DataChoice {
  /** A path, the address of a manifest or COCO's annotations, or `scenes:` and how many. */
  readonly data: string;
  /** Default: recognized by what `data` names. */
  readonly format?: DataFormat;
  /** The part of the data, such as train or val, if the format has parts. Default: all. */
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

/** A choice whose files, except pictures, are on this disk. */
export interface LocalData extends DataChoice {
  /** The path that `data` stands for: `data` itself, or the local copy of an address. */
  readonly file: string;
}

export type DataFormat = "folders" | "manifest" | "coco" | "voc" | "scenes";
