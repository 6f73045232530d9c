import type { Companions } from "./companions.js";
import type { DownloadProgress } from "./download.js";

/** A model's files, all of them on disk. */
export interface FoundModel extends Companions {
  /** Path of the .onnx file; in a cache it is a link. */
  readonly path: string;
  /** What messages and results call the model. */
  readonly name: string;
  readonly warnings: readonly string[];
}

export interface FindModelOptions {
  /** For models of the Hugging Face hub: a branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Called as a download goes on, many times a second. */
  readonly progress?: (progress: DownloadProgress) => void;
  /** Ends a download; a later one goes on where it stopped. */
  readonly signal?: AbortSignal;
}
