import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { saveCsv, saveParquet } from "./save-rows.js";
import type { ResultTable } from "./table.js";

const root = mkdtempSync(join(tmpdir(), "limn-rows-"));
afterAll(() => rmSync(root, { recursive: true }));

const item = { labels: [1], target: 1, predicted: 0, probability: 0.25, confidence: 0.75 };
const table: ResultTable = {
  items: [
    { ...item, index: 0, id: 'a, "b".png' },
    { ...item, index: 1, id: "c.png", labels: [] },
  ],
  failed: [],
  columns: new Map([
    ["grad-cam", new Map([["averageDrop", Float64Array.of(12.5, 0)]])],
    ["lrp", new Map([["iou", Float64Array.of(0.5, Number.NaN)]])],
  ]),
  shattering: new Map(),
  sanity: new Map(),
};

const expected = [
  { picture: 'a, "b".png', method: "grad-cam", label: "dog", predicted: "cat", averageDrop: 12.5, iou: null },
  { picture: 'a, "b".png', method: "lrp", label: "dog", predicted: "cat", averageDrop: null, iou: 0.5 },
  { picture: "c.png", method: "grad-cam", label: null, predicted: "cat", averageDrop: 0, iou: null },
  { picture: "c.png", method: "lrp", label: null, predicted: "cat", averageDrop: null, iou: null },
];

describe("rows", () => {
  it("are a CSV file, empty where there is no value", async () => {
    const path = join(root, "rows.csv");
    await saveCsv(path, table, ["cat", "dog"]);
    const rows = parse(readFileSync(path, "utf8"), { columns: true });
    expect(rows).toMatchObject(
      expected.map((row) => Object.fromEntries(Object.entries(row).map(([key, v]) => [key, v === null ? "" : `${v}`]))),
    );
  });

  it("are a Parquet file", async () => {
    const path = join(root, "rows.parquet");
    await saveParquet(path, table, ["cat", "dog"]);
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    expect(await parquetReadObjects({ file })).toMatchObject(expected);
  });
});
