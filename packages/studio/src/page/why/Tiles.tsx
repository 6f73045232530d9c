import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { bestColumns } from "./best-columns.js";

/** The height of a caption below a map. */
const BELOW = 50;
const GAP = 20;

/** Pictures of one shape, as large as they can be side by side. */
export function Tiles({ shape, children }: { readonly shape: number; readonly children: readonly ReactNode[] }) {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(() => setRoom({ width: current.clientWidth, height: current.clientHeight }));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const isNarrow = room.width < 560;
  // a narrow page scrolls, and is as high as it has to be
  const height = isNarrow ? Number.POSITIVE_INFINITY : room.height;
  const least = isNarrow ? Math.min(room.width, children.length > 3 ? 150 : 260) : 200;
  const { columns, width } = bestColumns(
    children.length,
    shape,
    { width: room.width, height, gap: GAP, below: BELOW },
    least,
  );
  return (
    <div
      ref={element}
      className="tiles"
      style={{ "--columns": columns, "--width": `${Math.floor(width)}px`, "--tiles-gap": `${GAP}px` } as CSSProperties}
    >
      {room.width > 0 && children}
    </div>
  );
}
