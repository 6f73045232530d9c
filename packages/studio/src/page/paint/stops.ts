import { type ColorMapName, colorTable } from "@limn/core";

/** Colors at equal steps of a color map, for gradients. */
export function stopsOf(colors: ColorMapName, count = 17): string[] {
  const table = colorTable(colors);
  const last = table.length / 3 - 1;
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.round((i * last) / (count - 1));
    return `rgb(${table.subarray(at, at + 3).join(" ")})`;
  });
}
