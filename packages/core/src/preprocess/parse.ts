import type { z } from "zod";
import { LimnError, reasonOf } from "../error.js";
import { looksLikeHuggingFace, readHuggingFace } from "./hugging-face.js";
import { checkFits, type ImageInput } from "./image-input.js";
import { type Preprocessing, preprocessingSchema } from "./preprocessing.js";
import { checked } from "./schema.js";

export interface ParsedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** What the file leaves open, and what was assumed. */
  readonly warnings: readonly string[];
}

/**
 * Reads a preprocessing file: Hugging Face's preprocessor_config.json, or a Preprocessing as JSON, in which
 * `channels` and `layout` follow the model where they are left out.
 * @param file the file's name, for messages
 * @throws LimnError `bad-input` that names the file, the key and its value
 */
export function parsePreprocessing(text: string, file: string, input: ImageInput): ParsedPreprocessing {
  const json = parseJson(text, file);
  const parsed = looksLikeHuggingFace(json)
    ? readHuggingFace(json, file, input)
    : { preprocessing: inOwnForm(checked(preprocessingSchema, json, file), input), warnings: [] };
  checkFits(parsed.preprocessing, input, file);
  return parsed;
}

/**
 * A preprocessing with some of its keys changed by options.
 * @param source what the options are called, for messages
 * @throws LimnError `bad-option` that names the key and its value
 */
export function adjustPreprocessing(
  preprocessing: Preprocessing,
  changes: Partial<Preprocessing>,
  source: string,
  input: ImageInput,
): Preprocessing {
  try {
    const adjusted = inOwnForm(checked(preprocessingSchema, { ...preprocessing, ...changes }, source), input);
    checkFits(adjusted, input, source);
    return adjusted;
  } catch (error) {
    throw error instanceof LimnError ? new LimnError("bad-option", error.message, { cause: error }) : error;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LimnError("bad-input", `${file}: not JSON (${reasonOf(error)}); give a preprocessor_config.json`, {
      cause: error,
    });
  }
}

const inOwnForm = (
  { channels, layout, ...rest }: z.infer<typeof preprocessingSchema>,
  input: ImageInput,
): Preprocessing => ({
  ...rest,
  channels: channels ?? (input.channels === 1 ? "gray" : "rgb"),
  layout: layout ?? input.layout,
});
