import { LimnError, reasonOf } from "@limn/core";
import { readText } from "@limn/node/internal";
import { parse } from "csv-parse/sync";
import * as v from "valibot";
import { csvFormOf } from "./csv-text.js";

/** For each class of the data, the model's classes that it stands for, by name or index; none if it is to be left out. */
export type LabelMapping = ReadonlyMap<string, readonly MappedClass[]>;

export interface MappedClass {
  readonly class: string | number;
  /** The file, or its line, that says so, for messages. */
  readonly source: string;
}

/**
 * Reads a file that says which classes of the model the data's classes stand for: a JSON object, `{"kitten": "cat", "pet": [281, "dog"]}`,
 * or CSV of two columns, the data's class and the model's, with a row for each pair.
 * @throws LimnError `bad-input` that names the file and line or class
 */
export function readLabelMapping(path: string): LabelMapping {
  const text = readText(path, "a mapping of classes");
  const pairs = /^\s*\{/.test(text) ? fromJson(text, path) : fromCsv(text, path);
  if (pairs.size > 0) return pairs;
  throw new LimnError(
    "bad-input",
    `${path}: there are no classes in this file; give {"data's class": "model's class", ...}`,
  );
}

const one = v.union([v.string(), v.pipe(v.number(), v.safeInteger())]);
const mappingSchema = v.record(
  v.string(),
  v.union([
    v.array(one),
    v.pipe(
      one,
      v.transform((value) => [value]),
    ),
    v.pipe(
      v.null(),
      v.transform(() => []),
    ),
  ]),
);

function fromJson(text: string, path: string): LabelMapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not JSON (${reasonOf(error)}); correct it`, { cause: error });
  }
  const { success, output, issues } = v.safeParse(mappingSchema, json);
  if (!success) {
    const [{ path: [{ key: name }] = [{ key: "" }] }] = issues;
    throw new LimnError(
      "bad-input",
      `${path}: class "${String(name)}": give the model's class, its index, or a list of them`,
    );
  }
  return new Map(
    Object.entries(output).map(([name, values]) => [name, values.map((value) => ({ class: value, source: path }))]),
  );
}

function fromCsv(text: string, path: string): LabelMapping {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      ...csvFormOf(text),
      info: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      relax_column_count: true,
    }) as unknown as typeof rows;
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not CSV (${reasonOf(error)}); correct it`, { cause: error });
  }
  const mapping = new Map<string, MappedClass[]>();
  for (const { record, info } of rows) {
    const [name = "", value = "", ...others] = record;
    const source = `${path}: line ${info.lines}`;
    if (name === "" || record.length < 2 || others.length > 0) {
      throw new LimnError("bad-input", `${source}: give two columns, the data's class and the model's, or JSON`);
    }
    const values = mapping.get(name) ?? [];
    // a class with nothing in the second column is to be left out
    if (value !== "") values.push({ class: value, source });
    mapping.set(name, values);
  }
  return mapping;
}
