import type { RunSummary } from "@limn/evaluate";

/** The first line of what is printed of a data set, without its end. */
export function headlineOf({ data, measured, failed, accuracy }: RunSummary): string {
  const unused = failed.length > 0 ? `, ${failed.length} could not be used` : "";
  const share = (100 * accuracy.correct) / accuracy.labeled;
  const right = accuracy.labeled > 0 ? `; ${share.toFixed(1)} % classified as labeled` : "";
  return `${data.title}: ${measured} pictures${unused}${right}`;
}

/** Pictures whose failures are told; the document has all of them. */
const TOLD = 5;

/** Why pictures could not be used, a line each. */
export const failuresOf = ({ failed }: RunSummary): string =>
  failed
    .slice(0, TOLD)
    .map(({ id, error }) => `${id}: ${error}\n`)
    .join("");
