import { LimnError, reasonOf } from "@limn/core";
import { readInput } from "@limn/node/internal";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { csvFormOf, csvText } from "./csv-text.js";

/** The model's classes, by name or index, that a class of the data stands for; none where it is to be left out. */
export type LabelMapping = ReadonlyMap<string, readonly MappedClass[]>;

export interface MappedClass {
  readonly class: string | number;
  /** Where it is said, for messages. */
  readonly place: string;
}

/**
 * Reads which classes of the model the data's classes stand for: a JSON object, `{"kitten": "cat", "pet": [281, "dog"]}`,
 * or CSV of two columns, the data's class and the model's, with a row for each pair.
 * @throws LimnError `bad-input` that names the file and line or class
 */
export function readLabelMapping(path: string): LabelMapping {
  const text = csvText(readInput(path, "a mapping of classes"));
  const pairs = /^\s*\{/.test(text) ? fromJson(text, path) : fromCsv(text, path);
  if (pairs.size > 0) return pairs;
  throw new LimnError("bad-input", `${path}: there are no classes in it; give {"data's class": "model's class", ...}`);
}

const one = z.union([z.string(), z.int()]);
const mappingSchema = z.record(
  z.string(),
  z.union([z.array(one), one.transform((value) => [value]), z.null().transform(() => [])]),
);

function fromJson(text: string, path: string): LabelMapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not JSON (${reasonOf(error)}); correct it`, { cause: error });
  }
  const { success, data, error } = mappingSchema.safeParse(json);
  if (!success) {
    const [name] = error.issues[0]?.path ?? [];
    throw new LimnError(
      "bad-input",
      `${path}: class "${String(name)}": give the model's class, its index, or a list of them`,
    );
  }
  return new Map(
    Object.entries(data).map(([name, values]) => [name, values.map((value) => ({ class: value, place: path }))]),
  );
}

function fromCsv(text: string, path: string): LabelMapping {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      ...csvFormOf(text),
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
    }) as unknown as typeof rows;
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not CSV (${reasonOf(error)}); correct it`, { cause: error });
  }
  const mapping = new Map<string, MappedClass[]>();
  for (const { record, info } of rows) {
    const [name = "", value = "", ...others] = record;
    const place = `${path}: line ${info.lines}`;
    if (name === "" || record.length < 2 || others.length > 0) {
      throw new LimnError("bad-input", `${place}: give two columns, the data's class and the model's, or JSON`);
    }
    const values = mapping.get(name) ?? [];
    // a class without another is to be left out
    if (value !== "") values.push({ class: value, place });
    mapping.set(name, values);
  }
  return mapping;
}
