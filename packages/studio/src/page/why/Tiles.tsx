import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { bestColumns } from "./best-columns.js";

/** The height of a caption below a map. */
const BELOW = 50;
const GAP = 20;

/** Narrower than that, a page has room for one large picture, and scrolls. */
const NARROW = 560;

interface TilesProps {
  /** Width / height of every picture. */
  readonly shape: number;
  /** The photo itself; where there is room for one picture only, it is left out, since it is below every map. */
  readonly photo: ReactNode;
  readonly children: readonly ReactNode[];
}

/** A photo and its maps, as large as they can be side by side. */
export function Tiles({ shape, photo, children }: TilesProps) {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(() => setRoom({ width: current.clientWidth, height: current.clientHeight }));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const isNarrow = room.width < NARROW;
  const hasPhoto = !isNarrow || children.length === 0;
  const count = children.length + (hasPhoto ? 1 : 0);
  // a narrow page is as high as it has to be
  const space = { width: room.width, height: isNarrow ? room.width : room.height, gap: GAP, below: BELOW };
  const least = isNarrow ? Math.min(room.width, count > 2 ? 150 : 300) : 160;
  const { columns, width } = bestColumns(count, shape, space, least);
  const style = { "--columns": columns, "--width": `${Math.floor(width)}px`, "--tiles-gap": `${GAP}px` };
  return (
    <div ref={element} className="tiles" style={style as CSSProperties}>
      {room.width > 0 && hasPhoto && photo}
      {room.width > 0 && children}
    </div>
  );
}
