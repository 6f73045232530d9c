import { type FailedItem, isFailed, type MeasuredItem, type ResultLog } from "./result-log.js";

/** The results of an evaluation in memory, one column per measure: 50,000 pictures and three maps take about 20 MB. */
export interface ResultTable {
  /** The pictures that were measured, in the data set's order. */
  readonly items: readonly TableItem[];
  /** The pictures that could not be used. */
  readonly failed: readonly FailedItem[];
  /** The measures, by map and measure: one value per item, NaN if it has none. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>;
  /** The correlation of neighboring gradients, by stage: one value per item. */
  readonly shattering: ReadonlyMap<string, Float64Array>;
  /** Similarity to the maps of random networks, by map and lowest random layer: one value for each picture that was compared. */
  readonly sanity: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>;
}

/** What is known about an item in addition to its measures. */
export type TableItem = Omit<MeasuredItem, "maps" | "shattering">;

/** Reads a log, and sorts its items into the order of the data set. */
export async function tableOf(log: ResultLog): Promise<ResultTable> {
  const measured: MeasuredItem[] = [];
  const failed: FailedItem[] = [];
  for await (const record of log.items()) {
    if (isFailed(record)) failed.push(record);
    else measured.push(record);
  }
  const byIndex = (a: { index: number }, b: { index: number }) => a.index - b.index;
  measured.sort(byIndex);
  failed.sort(byIndex);
  const count = measured.length;
  const columns = new Map<string, Map<string, Float64Array>>();
  const shattering = new Map<string, Float64Array>();
  measured.forEach(({ maps, shattering: stages = {} }, row) => {
    for (const [map, measures] of Object.entries(maps)) fill(nested(columns, map), measures, row, count);
    fill(shattering, stages, row, count);
  });
  const sanity = new Map<string, Map<string, Float64Array>>();
  for (const { name, maps } of log.sanity) {
    for (const [map, values] of Object.entries(maps)) {
      nested(sanity, map).set(
        name,
        Float64Array.from(values, (value) => value ?? Number.NaN),
      );
    }
  }
  const items = measured.map(({ maps: _, shattering: __, ...item }) => item);
  return { items, failed, columns, shattering, sanity };
}

function nested(columns: Map<string, Map<string, Float64Array>>, key: string): Map<string, Float64Array> {
  const known = columns.get(key) ?? new Map<string, Float64Array>();
  columns.set(key, known);
  return known;
}

function fill(
  columns: Map<string, Float64Array>,
  values: Readonly<Record<string, number | null>>,
  row: number,
  count: number,
): void {
  for (const [name, value] of Object.entries(values)) {
    const column = columns.get(name) ?? new Float64Array(count).fill(Number.NaN);
    columns.set(name, column);
    column[row] = value ?? Number.NaN;
  }
}
