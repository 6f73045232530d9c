import type { TextClasses } from "@limn/core";
import type { Companions } from "./companions.js";
import type { DownloadProgress } from "./download.js";

/** A model's files, all of them on disk. */
export interface FoundModel extends Companions {
  /** Path of the .onnx file; in a cache it is a link. */
  readonly path: string;
  /** What messages and results call the model: the file's name, the embedded name or the id on the hub. */
  readonly name: string;
  /** Embeddings of texts that say what the classes of an image encoder are, and the path of their file. */
  readonly classes?: { readonly path: string; readonly texts: TextClasses };
  readonly warnings: readonly string[];
}

/** What `findModel` takes. */
export interface FindModelOptions {
  /** Path of embeddings of texts that say what the classes are, if the model is an image encoder; see `readTextClasses`. */
  readonly classes?: string;
  /** For models of the Hugging Face hub: a branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Called many times a second while something is downloaded. */
  readonly progress?: (progress: DownloadProgress) => void;
  /** Ends a download when it is aborted; the next download goes on where this one stopped. */
  readonly signal?: AbortSignal;
}
