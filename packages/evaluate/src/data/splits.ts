import { didYouMean, LimnError } from "@limn/core";

/** Different names of the same part. */
const SAME = [
  ["val", "valid", "validation", "dev"],
  ["train", "training"],
  ["test", "testing"],
];

/** Whether a folder or file has the name of a part of a data set. */
export const isSplit = (name: string): boolean => SAME.some((names) => names.includes(name.toLowerCase()));

/**
 * Finds the part of a data set that a name stands for: its own name, another name for the same ("valid" for "val"), or its
 * name without the year ("val" for "val2017").
 * @param there the names of all parts
 * @param source what messages call the data
 * @throws LimnError `bad-option` that lists them
 */
export function chooseSplit(wanted: string, there: readonly string[], source: string): string {
  const asked = SAME.find((names) => names.includes(wanted.toLowerCase())) ?? [wanted.toLowerCase()];
  const fitting =
    there.find((name) => name === wanted) ??
    there.find((name) => asked.includes(name.toLowerCase())) ??
    there.find((name) => asked.includes(name.toLowerCase().replace(/[-_]?\d{4}$/, "")));
  if (fitting !== undefined) return fitting;
  const advice = there.length === 0 ? "this data has no parts; leave the split out" : didYouMean(wanted, there);
  throw new LimnError(
    "bad-option",
    `split "${wanted}": ${source} has no such part; ${advice || `choose one of ${there.join(", ")}`}`,
  );
}
