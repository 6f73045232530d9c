type Align = "left" | "right";

/** Between columns. */
const GAP = 2;

/**
 * Columns of text, as wide as their longest cell. On a terminal that is too narrow for all of them, one part below the other, each with
 * the first column, which says what a line is about.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[] = [],
): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], columns: readonly number[]) =>
    columns
      .map((column) => {
        const [cell, width] = [row[column] ?? "", widths[column] ?? 0];
        return align[column] === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return partsOf(widths, process.stdout.columns || Number.POSITIVE_INFINITY)
    .map((columns) => `${all.map((row) => line(row, columns)).join("\n")}\n`)
    .join("\n");
}

/** Which columns stand next to each other, so that no line is wider than the room, if that can be. */
function partsOf([first = 0, ...others]: readonly number[], room: number): number[][] {
  const parts: number[][] = [[0]];
  let width = first;
  others.forEach((other, i) => {
    const part = parts.at(-1) as number[];
    if (part.length > 1 && width + GAP + other > room) {
      parts.push([0, i + 1]);
      width = first + GAP + other;
    } else {
      part.push(i + 1);
      width += GAP + other;
    }
  });
  return parts;
}
