/**
 * The mask of one owner as COCO writes it: lengths of runs of zeros and ones in turn, column by column, zeros first.
 * @param owners [size, size], row by row
 */
export function runsOf(owners: Uint8Array, size: number, owner: number): number[] {
  const runs: number[] = [];
  let [inside, length] = [false, 0];
  for (let x = 0; x < size; x++) {
    for (let at = x; at < owners.length; at += size) {
      if ((owners[at] === owner) !== inside) {
        runs.push(length);
        inside = !inside;
        length = 0;
      }
      length++;
    }
  }
  return [...runs, length];
}

/**
 * The mask that runs stand for.
 * @returns [height, width], 1 inside; undefined if the runs do not end where the picture ends
 */
export function maskOfRuns(runs: readonly number[], width: number, height: number): Uint8Array | undefined {
  const mask = new Uint8Array(width * height);
  let end = 0;
  for (const [i, run] of runs.entries()) {
    const start = end;
    end += run;
    if (!(run >= 0 && end <= mask.length)) return undefined;
    if (i % 2 === 0) continue;
    for (let at = start; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1;
  }
  return end === mask.length ? mask : undefined;
}

/**
 * Runs as the text that pycocotools calls `counts`.
 *
 *   d_i = r_i - r_{i-2} from the fourth on, r_i before
 *
 * Each d is written in groups of 5 bits, the lowest first, in two's complement; a sixth bit says that another group
 * follows. A group is the character of its value above "0".
 */
export function encodeRuns(runs: readonly number[]): string {
  let text = "";
  runs.forEach((run, i) => {
    let rest = i > 2 ? run - (runs[i - 2] as number) : run;
    for (let more = true; more; ) {
      const group = rest & 31;
      rest >>= 5;
      // nothing remains except the sign, which the group's highest bit shows
      more = rest !== (group & 16 ? -1 : 0);
      text += String.fromCharCode(48 + group + (more ? 32 : 0));
    }
  });
  return text;
}

/**
 * The runs of such a text.
 * @returns undefined if the text is not such a text
 */
export function decodeRuns(text: string): number[] | undefined {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, group] = [0, 0, 32];
    while (group & 32) {
      group = text.charCodeAt(at++) - 48;
      // past the end it is NaN; seven groups hold more than any picture has pixels
      if (!(group >= 0 && group < 64) || shift > 30) return undefined;
      value |= (group & 31) << shift;
      shift += 5;
    }
    if (group & 16 && shift < 32) value |= -1 << shift;
    runs.push(value + (runs.length > 2 ? (runs[runs.length - 2] as number) : 0));
  }
  return runs;
}
