import * as v from "valibot";
import { LimnError } from "../error.js";
import { isUnknownKey, messageOf } from "../mistake.js";

/** A length of an edge. The message, here and below, is the advice that errors end with. */
export const pixelCount = (message: string) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(1, message), v.maxValue(16384, message));

export const finite = (message: string) => v.pipe(v.number(message), v.finite(message));

export const positive = (message: string) => v.pipe(finite(message), v.gtValue(0, message));

/**
 * Checks a value by a schema, and fills in defaults.
 * @throws LimnError `bad-input` with the file and the first key that does not fit, with its value
 */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown, file: string): T {
  // a list is an object to Valibot
  const result = Array.isArray(value) ? undefined : v.safeParse(schema, value);
  if (result?.success) return result.output;
  const [issue] = result?.issues ?? [];
  const [key] = issue?.path?.map(({ key }) => key as PropertyKey) ?? [];
  if (!issue || key === undefined) {
    throw new LimnError("bad-input", `${file}: ${quoted(value)} is not an object; give one, in braces`);
  }
  if (isUnknownKey(issue)) {
    const known = "entries" in schema ? Object.keys(schema.entries as object) : [];
    throw new LimnError("bad-input", `${file}: key "${String(key)}" is unknown; known are ${known.join(", ")}`);
  }
  const found = (value as Record<PropertyKey, unknown>)[key];
  throw new LimnError("bad-input", `${file}: "${String(key)}" is ${quoted(found)}; ${messageOf(issue)}`);
}

/** A value as JSON, shortened if it is long. */
export const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
