import { Help } from "commander";

/** Columns of a line that is easy to read. */
const WIDTH = 80;

/** Columns that a description takes at least. If fewer are left next to what it describes, it stands below that. */
export const NARROWEST = 32;

/** Columns of text: what is easy to read, and what the terminal has. */
export const textWidth = (): number => Math.min(process.stdout.columns || WIDTH, WIDTH);

/** Text in lines that fit. @param first what the first line begins with @param others what all other lines begin with */
export function wrapped(text: string, first: string, others: string): string {
  const width = textWidth() - others.length;
  return first + boxed(text, width).replaceAll("\n", `\n${others}`);
}

/** Help's lines of an option or a command, as commander's own, except on narrow terminals. */
export function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const columns = helper.helpWidth ?? WIDTH;
  if (description === "" || columns - termWidth - 4 >= NARROWEST) {
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  }
  return `  ${term}\n${boxed(description, columns - 6).replaceAll(/^/gm, " ".repeat(6))}`;
}

const boxed = (text: string, width: number): string =>
  Object.assign(new Help(), { minWidthToWrap: 1 }).boxWrap(text, width);
