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
      // what remains is no more than the sign that the group's highest bit shows
      more = rest !== (group & 16 ? -1 : 0);
      text += String.fromCharCode(48 + group + (more ? 32 : 0));
    }
  });
  return text;
}
