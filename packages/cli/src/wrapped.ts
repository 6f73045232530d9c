import { Help } from "commander";

/** Columns of a terminal. */
export const WIDTH = 80;

/** Text in lines of the width. @param first what the first line begins with @param others what all other lines begin with */
export function wrapped(text: string, first: string, others: string): string {
  const width = WIDTH - others.length;
  return first + new Help().boxWrap(text, width).replaceAll("\n", `\n${others}`);
}
