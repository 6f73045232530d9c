import { Help } from "commander";

/** Columns of a line that is easy to read. */
const WIDTH = 80;

/** Columns of text: what is easy to read, and what the terminal has. */
export const textWidth = (): number => Math.min(process.stdout.columns || WIDTH, WIDTH);

/** Text in lines that fit. @param first what the first line begins with @param others what all other lines begin with */
export function wrapped(text: string, first: string, others: string): string {
  const width = textWidth() - others.length;
  return first + new Help().boxWrap(text, width).replaceAll("\n", `\n${others}`);
}
