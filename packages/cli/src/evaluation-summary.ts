import type { Conclusion, RunSummary } from "@limn/evaluate";
import { wrapped } from "./wrapped.js";

/** The first line of a printed summary: the data, how many pictures, how many were right. */
export function headlineOf({ data, measured, failed, accuracy }: RunSummary): string {
  const unused = failed.length > 0 ? `, ${failed.length} could not be used` : "";
  const share = (100 * accuracy.correct) / accuracy.labeled;
  const right = accuracy.labeled > 0 ? `; ${share.toFixed(1)} % classified as labeled` : "";
  return `${data.title}: ${measured} ${measured === 1 ? "picture" : "pictures"}${unused}${right}`;
}

/** How many pictures that failed are printed; the JSON document has all of them. */
const TOLD = 5;

/** Why pictures could not be used, one per line. */
export const failuresOf = ({ failed }: RunSummary): string =>
  failed
    .slice(0, TOLD)
    .map(({ id, error }) => `${id}: ${error}\n`)
    .join("");

/** The verdict, and below it what it rests on. */
export const conclusionInWords = ({ says, because, test }: Conclusion): string =>
  [`${says}\n`, ...[...because, ...(test ? [test] : [])].map((sentence) => `${wrapped(sentence, "  ", "  ")}\n`)].join(
    "",
  );
