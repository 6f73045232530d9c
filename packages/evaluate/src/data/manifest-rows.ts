import { pipeline } from "node:stream";
import { LimnError, mistakeOf, type Rectangle, reasonOf } from "@limn/core";
import { parse } from "csv-parse";
import * as v from "valibot";
import { csvFormOf, openCsv } from "./csv-text.js";
import { linesOf } from "./file-chunks.js";

export interface ManifestRow {
  /** From 1. */
  readonly line: number;
  readonly path: string;
  readonly label: string | number | undefined;
  readonly split: string | undefined;
  readonly objects: readonly ManifestObject[];
}

export interface ManifestObject {
  /** Default: the row's label. */
  readonly class?: string | number | undefined;
  readonly box?: Rectangle | undefined;
  /** Path of a picture, white on the object. */
  readonly mask?: string | undefined;
}

/**
 * The rows of a CSV file with a header (comma, semicolon, tab or | between cells), or of a file with a JSON object a line.
 * @param name what messages call the file
 * @throws LimnError `bad-input` that names the file, the line and what is wrong there
 */
export function manifestRows(path: string, name = path): AsyncGenerator<ManifestRow> {
  return /\.(csv|tsv)$/i.test(path) ? csvRows(path, name) : jsonRows(path, name);
}

const isBox = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 4 && value.every((number) => Number.isFinite(number));

const boxSchema = v.pipe(
  v.custom<readonly [number, number, number, number]>(isBox, "give x, y, width and height as four numbers"),
  v.transform(([x, y, width, height]): Rectangle => ({ x, y, width, height })),
);

const CLASS = "give a name, or the index of a class";
const classSchema = v.union([v.string(), v.pipe(v.number(), v.safeInteger(CLASS))], CLASS);

const pathSchema = v.optional(v.pipe(v.string(), v.nonEmpty()));

const rowSchema = v.pipe(
  v.object({
    path: pathSchema,
    file_name: pathSchema,
    label: v.nullish(classSchema),
    split: v.nullish(v.string()),
    box: v.nullish(boxSchema),
    boxes: v.nullish(v.array(boxSchema)),
    mask: v.nullish(v.string()),
    objects: v.nullish(
      v.array(v.object({ class: v.optional(classSchema), box: v.optional(boxSchema), mask: v.optional(v.string()) })),
    ),
  }),
  v.forward(
    v.check((row) => row.path !== undefined || row.file_name !== undefined, "is missing; give the picture's path"),
    ["path"],
  ),
);

function rowOf(value: unknown, file: string, line: number): ManifestRow {
  const { success, output, issues } = v.safeParse(rowSchema, value);
  if (!success) {
    const { path, message } = mistakeOf(issues);
    throw new LimnError("bad-input", `${file}: line ${line}: ${path.join(".") || "row"}: ${message}`);
  }
  const { label, split, box, boxes, mask } = output;
  // the mask is that of the boxes' objects together, or of one without a box
  const listed = [...(box ? [box] : []), ...(boxes ?? [])];
  const own = listed.length > 0 ? listed.map((box) => ({ box, mask: mask || undefined })) : mask ? [{ mask }] : [];
  return {
    line,
    path: (output.path ?? output.file_name) as string,
    label: label === null || label === "" ? undefined : label,
    split: split || undefined,
    objects: [...own, ...(output.objects ?? [])],
  };
}

/** One of these every header has. */
const PATH_COLUMNS = ["path", "file_name"];

async function* csvRows(path: string, name: string): AsyncGenerator<ManifestRow> {
  const { start, text } = await openCsv(path);
  const form = csvFormOf(start, PATH_COLUMNS);
  const parser = parse({
    ...form,
    bom: true,
    columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
    info: true,
    skip_empty_lines: true,
    // spreadsheets write an empty row as ;;
    skip_records_with_empty_values: true,
    trim: true,
  });
  // an error of the source comes out of the parser
  pipeline(text, parser, () => {});
  try {
    for await (const { record, info } of parser) {
      if (!PATH_COLUMNS.some((column) => column in record)) {
        const columns = Object.keys(record).map((column) => `"${column}"`);
        throw new LimnError(
          "bad-input",
          `${name}: no column is called "path"; call the one with the pictures' paths so, instead of ${columns.join(" or ")}`,
        );
      }
      yield rowOf(withBoxes(record, name, info.lines), name, info.lines);
    }
  } catch (error) {
    if (error instanceof LimnError) throw error;
    throw new LimnError("bad-input", `${name}: not CSV (${reasonOf(error)}); correct it`, { cause: error });
  }
}

type CsvRecord = Readonly<Record<string, string>>;

/** Boxes as numbers: x,y,width,height, and semicolons between several. */
function withBoxes({ box, boxes, path, file_name, label, split, mask }: CsvRecord, file: string, line: number): object {
  const listed = [box, boxes].flatMap((cell = "") =>
    boxesIn(cell).map(({ text, numbers }) => {
      if (numbers.length === 4 && numbers.every(Number.isFinite)) return numbers;
      throw new LimnError("bad-input", `${file}: line ${line}: box "${text}": give x,y,width,height in pixels`);
    }),
  );
  return { path: path || undefined, file_name: file_name || undefined, label, split, mask, boxes: listed };
}

/**
 * The boxes of a cell. Where the comma is the decimal separator, spaces or semicolons stand between the numbers:
 * `1,5 2 10,25 8`, or `1,5;2;10,25;8` for a single box.
 */
function boxesIn(cell: string): { text: string; numbers: number[] }[] {
  const texts = cell.split(";").filter((text) => text.trim() !== "");
  const single = texts.map(decimal);
  if (texts.length === 4 && single.every(Number.isFinite)) return [{ text: cell, numbers: single }];
  return texts.map((text) => {
    const apart = text.trim().split(/\s+/);
    const numbers = apart.length === 4 && apart.every((part) => !part.endsWith(",")) ? apart : text.split(/[,\s]+/);
    return { text, numbers: numbers.filter(Boolean).map(decimal) };
  });
}

/** A number with a point or a comma before its decimals. */
const decimal = (text: string): number => Number(text.trim().replace(/^(-?\d*),(\d+)$/, "$1.$2"));

async function* jsonRows(path: string, name: string): AsyncGenerator<ManifestRow> {
  let line = 0;
  for await (const text of linesOf(path)) {
    line++;
    if (text.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new LimnError("bad-input", `${name}: line ${line}: not JSON (${reasonOf(error)}); give one object a line`, {
        cause: error,
      });
    }
    yield rowOf(value, name, line);
  }
}
