import { didYouMean, LimnError } from "@limn/core";

/** Names that people give to the same part. */
const SAME = [
  ["val", "valid", "validation", "dev"],
  ["train", "training"],
  ["test", "testing"],
];

/** Whether a folder or file is called as parts of data sets are. */
export const isSplit = (name: string): boolean => SAME.some((names) => names.includes(name.toLowerCase()));

/**
 * The part of a data set that is meant: by its name, another name for the same ("valid" for "val"), or its name without
 * the year ("val" for "val2017").
 * @param there the parts that there are
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
  const advice = there.length === 0 ? "the data has no parts; leave it out" : didYouMean(wanted, there);
  throw new LimnError(
    "bad-option",
    `split "${wanted}": ${source} has no such part; ${advice || `choose one of ${there.join(", ")}`}`,
  );
}
