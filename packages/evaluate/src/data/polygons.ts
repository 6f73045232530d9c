/**
 * The union of polygons. A pixel belongs to a polygon if its center lies in it, by the even-odd rule; pycocotools draws the
 * same, except for pixels that the border passes through.
 * @param polygons each as x0, y0, x1, y1, ... in pixels; they may reach beyond the picture
 * @returns [height, width], 1 inside
 */
export function maskOfPolygons(polygons: readonly (readonly number[])[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const polygon of polygons) {
    for (const [row, crossings] of crossingsByRow(polygon, height)) {
      crossings.sort((a, b) => a - b);
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        // centers j + 1/2 in [from, to)
        const from = Math.max(0, Math.ceil((crossings[k] as number) - 0.5));
        const to = Math.min(width, Math.ceil((crossings[k + 1] as number) - 0.5));
        if (to > from) mask.fill(1, row * width + from, row * width + to);
      }
    }
  }
  return mask;
}

/** Where the edges of a polygon cross the middle of each row of pixels. */
function crossingsByRow(polygon: readonly number[], height: number): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  const points = Math.floor(polygon.length / 2);
  for (let i = 0; i < points; i++) {
    const j = (i + 1) % points;
    const [x0, y0, x1, y1] = [polygon[2 * i], polygon[2 * i + 1], polygon[2 * j], polygon[2 * j + 1]] as [
      number,
      number,
      number,
      number,
    ];
    // an edge includes its upper end but not its lower one, so that a corner counts once
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) - 0.5));
    const end = Math.min(height, Math.ceil(Math.max(y0, y1) - 0.5));
    for (let row = first; row < end; row++) {
      const x = x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0);
      const crossings = rows.get(row);
      if (crossings) crossings.push(x);
      else rows.set(row, [x]);
    }
  }
  return rows;
}
