/** How much smaller tiles may be so that all of them stand in one row. */
const ROW_IS_WORTH = 0.8;

/**
 * How many columns make tiles largest, if all of them are to be seen at once.
 * @param count of tiles
 * @param shape width / height of a picture
 * @param room what there is, in pixels; `gap` between tiles, `below` for the caption of each
 * @param least the smallest width of a tile; if not all fit, they are of that width at least, and one scrolls
 */
export function bestColumns(
  count: number,
  shape: number,
  room: { readonly width: number; readonly height: number; readonly gap: number; readonly below: number },
  least: number,
): { readonly columns: number; readonly width: number } {
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const byWidth = (room.width - (columns - 1) * room.gap) / columns;
    const byHeight = ((room.height - (rows - 1) * room.gap) / rows - room.below) * shape;
    const width = Math.min(byWidth, byHeight);
    // a single row is easier to compare than several, if it costs little
    if (width >= best.width || (rows === 1 && width >= ROW_IS_WORTH * best.width)) best = { columns, width };
  }
  if (best.width >= least) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((room.width + room.gap) / (least + room.gap))));
  return {
    columns,
    width: Math.min((room.width - (columns - 1) * room.gap) / columns, Math.max(least, room.height * shape)),
  };
}
