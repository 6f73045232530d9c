import { Readable } from "node:stream";
import { writeFileAtomically } from "@limn/node";
import { stringify } from "csv-stringify";
import { ByteWriter, type ColumnSource, parquetWrite } from "hyparquet-writer";
import { MEASURE_NAMES } from "./document.js";
import type { ResultTable, TableItem } from "./table.js";

// There is a row for every picture and map; what is known about the picture alone is repeated in each of its rows.

interface Column {
  readonly name: string;
  readonly type: "STRING" | "INT32" | "DOUBLE";
  readonly value: (item: TableItem, row: number, map: string) => string | number | undefined;
}

function columnsOf({ columns }: ResultTable, labels: readonly string[] | undefined): Column[] {
  const nameOf = (index: number | undefined) => (index === undefined ? undefined : (labels?.[index] ?? String(index)));
  return [
    { name: "picture", type: "STRING", value: ({ id }) => id },
    { name: "method", type: "STRING", value: (_, __, map) => map },
    { name: "label", type: "STRING", value: (item) => nameOf(item.labels[0]) },
    { name: "target", type: "STRING", value: ({ target }) => nameOf(target) },
    { name: "predicted", type: "STRING", value: ({ predicted }) => nameOf(predicted) },
    { name: "probability", type: "DOUBLE", value: ({ probability }) => probability },
    { name: "confidence", type: "DOUBLE", value: ({ confidence }) => confidence },
    ...MEASURE_NAMES.map(
      (name): Column => ({
        name,
        type: "DOUBLE",
        value: (_, row, map) => {
          const value = columns.get(map)?.get(name)?.[row];
          return Number.isNaN(value) ? undefined : value;
        },
      }),
    ),
  ];
}

/**
 * Writes a CSV file of all rows.
 * @param labels names of the model's classes
 * @throws LimnError `output`
 */
export function saveCsv(path: string, table: ResultTable, labels: readonly string[] | undefined): Promise<void> {
  const columns = columnsOf(table, labels);
  const rows = function* () {
    for (const [row, item] of table.items.entries()) {
      for (const map of table.columns.keys()) yield columns.map(({ value }) => value(item, row, map));
    }
  };
  const text = Readable.from(rows()).pipe(stringify({ header: true, columns: columns.map(({ name }) => name) }));
  return writeFileAtomically(path, text.setEncoding("utf8") as AsyncIterable<string>);
}

/**
 * Writes a Parquet file of the same rows.
 * @throws LimnError `output`
 */
export async function saveParquet(
  path: string,
  table: ResultTable,
  labels: readonly string[] | undefined,
): Promise<void> {
  const maps = [...table.columns.keys()];
  const columnData = columnsOf(table, labels).map(
    ({ name, type, value }): ColumnSource => ({
      name,
      type,
      data: table.items.flatMap((item, row) => maps.map((map) => value(item, row, map))),
    }),
  );
  const writer = new ByteWriter();
  await parquetWrite({ writer, columnData, createdBy: "limn" });
  await writeFileAtomically(path, new Uint8Array(writer.getBuffer()));
}
