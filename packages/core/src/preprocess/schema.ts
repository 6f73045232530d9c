import { z } from "zod";
import { LimnError } from "../error.js";

/** A length of an edge. The error, here and below, is the advice that messages end with. */
export const pixelCount = (error: string) => z.number({ error }).int({ error }).min(1, { error }).max(16384, { error });

export const positive = (error: string) => z.number({ error }).positive({ error });

/**
 * Checks a value by a schema, and fills in defaults.
 * @throws LimnError `bad-input` with the file and the first key that does not fit, with its value
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw result.error;
  if (issue.code === "unrecognized_keys") {
    const known = "shape" in schema ? Object.keys(schema.shape as object) : [];
    throw new LimnError("bad-input", `${file}: key "${issue.keys[0]}" is unknown; known are ${known.join(", ")}`);
  }
  if (issue.path.length === 0) {
    throw new LimnError("bad-input", `${file}: ${quoted(value)} is not an object; give one, in braces`);
  }
  const [key] = issue.path;
  const found = (value as Record<PropertyKey, unknown>)[key as PropertyKey];
  throw new LimnError("bad-input", `${file}: "${String(key)}" is ${quoted(found)}; ${issue.message}`);
}

/** A value as JSON, shortened if it is long. */
export const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
