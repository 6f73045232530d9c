/**
 * What went wrong, as a word that a program can branch on:
 * - `bad-model`: the bytes are not a usable ONNX model
 * - `unsupported`: the model is valid, but Limn can't explain this part of it
 * - `not-applicable`: the method's preconditions do not hold for this model or layer
 * - `bad-option`: an option, name or index that the caller gave is wrong
 * - `bad-input`: a picture, tensor, label or preprocessing file is wrong
 * - `not-installed`: the caller chose something that needs an optional package, and it is missing
 * - `runtime`: ONNX Runtime refused to load or run a graph
 * - `output`: a result could not be written
 */
export type ErrorCode =
  | "bad-model"
  | "unsupported"
  | "not-applicable"
  | "bad-option"
  | "bad-input"
  | "not-installed"
  | "runtime"
  | "output";

const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/**
 * Every error that Limn raises on purpose. The message is one line that names the file, node or
 * option, the value found there, and what to do next.
 */
export class LimnError extends Error {
  override readonly name = "LimnError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    // names in damaged files may hold line breaks
    super(message.replace(CONTROL_CHARACTERS, " "), options);
    this.code = code;
  }
}

/** The first line of what was thrown, for messages that quote it. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
