import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { bestColumns } from "./best-columns.js";

/** The height of a caption below a map. */
const BELOW = 50;
const GAP = 20;

/** Room for the rings around what has the focus; see why.css. */
const RING = 4;

/** Narrower than that, a page has room for one large picture, and scrolls. */
const NARROW = 560;

/** The least width of a map that is one of many in a row. */
const SMALL = 110;

interface TilesProps {
  /** Width / height of every picture. */
  readonly shape: number;
  /** The photo itself; where there is room for one picture only, it is left out, since it is below every map. */
  readonly photo?: ReactNode;
  /** How many maps belong in a row, such as those of a class by each method. Default: as many as fit best. */
  readonly perRow?: number | undefined;
  readonly children: readonly ReactNode[];
}

/** A photo and its maps, as large as they can be side by side. */
export function Tiles({ shape, photo, perRow, children }: TilesProps) {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(() =>
      setRoom({ width: current.clientWidth - 2 * RING, height: current.clientHeight - 2 * RING }),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const isNarrow = room.width < NARROW;
  const hasPhoto = photo !== undefined && (!isNarrow || children.length === 0);
  const { columns, width, rows } = isNarrow
    ? { ...inNarrow(children.length, room.width), rows: undefined }
    : (inRows(children.length, perRow, shape, room) ?? {
        ...bestColumns(children.length + (hasPhoto ? 1 : 0), shape, { ...room, gap: GAP, below: BELOW }, 160),
        rows: undefined,
      });
  const style = {
    "--columns": columns,
    "--width": `${Math.floor(width)}px`,
    "--tiles-gap": `${GAP}px`,
    "--rows": rows,
  };
  return (
    <div ref={element} className="tiles" data-rows={rows} style={style as CSSProperties}>
      {room.width > 0 && hasPhoto && photo}
      {room.width > 0 && children}
    </div>
  );
}

/** One map as wide as the page, or two side by side: a narrow page is as high as it has to be. */
function inNarrow(count: number, room: number): { readonly columns: number; readonly width: number } {
  const columns = count > 1 ? 2 : 1;
  return { columns, width: (room - (columns - 1) * GAP) / columns };
}

/** A column for the photo, and one for each map of a row; undefined if that is not asked for, or they would be too small. */
function inRows(
  count: number,
  perRow: number | undefined,
  shape: number,
  room: { readonly width: number; readonly height: number },
): { readonly columns: number; readonly width: number; readonly rows: number } | undefined {
  if (perRow === undefined) return undefined;
  const [columns, rows] = [perRow + 1, Math.ceil(count / perRow)];
  const byWidth = (room.width - perRow * GAP) / columns;
  const byHeight = ((room.height - (rows - 1) * GAP) / rows - BELOW) * shape;
  return byWidth < SMALL ? undefined : { columns, rows, width: Math.min(byWidth, Math.max(byHeight, 160)) };
}
