/** Reads COCO's `counts` text back into a mask: [size, size], row by row, 1 inside. */
export function decodeRuns(text: string, size: number): Uint8Array {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, group] = [0, 0, 32];
    while (group & 32) {
      group = text.charCodeAt(at++) - 48;
      value |= (group & 31) << shift;
      shift += 5;
    }
    if (group & 16) value |= -1 << shift;
    runs.push(value + (runs.length > 2 ? (runs[runs.length - 2] as number) : 0));
  }
  const columns = runs.flatMap((run, i) => new Array<number>(run).fill(i % 2));
  return Uint8Array.from(
    { length: size * size },
    (_, i) => columns[(i % size) * size + Math.floor(i / size)] as number,
  );
}
