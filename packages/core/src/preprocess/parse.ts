import type * as v from "valibot";
import { LimnError, reasonOf } from "../error.js";
import type { Size } from "../graph/tensor.js";
import { looksLikeHuggingFace, readHuggingFace } from "./hugging-face.js";
import { checkFits, type ImageInput } from "./image-input.js";
import { type ParsedPreprocessing, type Preprocessing, preprocessingSchema } from "./preprocessing.js";
import { checked } from "./schema.js";
import { looksLikeTimm, readTimm } from "./timm.js";

/**
 * Reads a preprocessing file: Hugging Face's preprocessor_config.json, timm's config.json, or a Preprocessing as JSON, in
 * which `channels` and `layout` default to those of the model.
 * @param text the file's contents
 * @param file the file's name, for messages
 * @throws LimnError `bad-input` with the file, the key and its value
 */
export function parsePreprocessing(text: string, file: string, input: ImageInput): ParsedPreprocessing {
  const parsed = readFile(text, file, input);
  checkFits(parsed.preprocessing, input, file);
  return parsed;
}

function readFile(text: string, file: string, input: ImageInput): ParsedPreprocessing {
  const json = parseJson(text, file);
  if (looksLikeTimm(json)) return readTimm(json, file, input);
  if (looksLikeHuggingFace(json)) return readHuggingFace(json, file, input);
  return { preprocessing: inOwnForm(checked(preprocessingSchema, json, file), input), warnings: [] };
}

/**
 * The size that a preprocessing file gives to pictures, for models that leave it open.
 * @returns [height, width] in pixels; undefined if it depends on the picture
 * @throws LimnError as `parsePreprocessing` does, for mistakes in the file alone
 */
export function pictureSizeOf(text: string, file: string): Size | undefined {
  const { resize, centerCrop } = readFile(text, file, ANY_INPUT).preprocessing;
  const size = centerCrop === "none" ? resize : centerCrop;
  return typeof size === "object" ? size : undefined;
}

/** Reading a file needs only the channels and the layout of the input. */
const ANY_INPUT: ImageInput = { layout: "nchw", channels: 3, height: 0, width: 0 };

/**
 * Changes some keys of a preprocessing.
 * @param source the name of the options that the changes come from, for messages
 * @throws LimnError `bad-option` with the key and its value
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
  { channels, layout, ...rest }: v.InferOutput<typeof preprocessingSchema>,
  input: ImageInput,
): Preprocessing => ({
  ...rest,
  channels: channels ?? (input.channels === 1 ? "gray" : "rgb"),
  layout: layout ?? input.layout,
});
