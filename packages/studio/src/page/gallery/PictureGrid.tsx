import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import "./gallery.css";

/** The gap between two pictures, and the height of what is written below each; in pixels. */
const GAP = 12;
const BELOW = 44;

/** Room for the rings around pictures, in pixels; see gallery.css. */
const RING = 4;

interface PictureGridProps {
  /** What pictures are known by, in their order. */
  readonly keys: readonly string[];
  /** The least width of a picture, in pixels. */
  readonly least: number;
  /** The picture that was opened last, where one goes on. */
  readonly visited: string | undefined;
  /** How far it is scrolled at first, in pixels. */
  readonly scrolled: number;
  readonly onScrolled: (scrolled: number) => void;
  readonly onOpen: (place: number) => void;
  readonly children: (place: number, button: { readonly isCurrent: boolean; readonly onOpen: () => void }) => ReactNode;
}

/** Pictures in rows, of which only those are there that are seen. It opens where it was left. */
export function PictureGrid(props: PictureGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth - 2 * RING));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={scroller} className="gallery">
      {width > 0 && <Rows {...props} scroller={scroller} width={width} />}
    </div>
  );
}

interface RowsProps extends PictureGridProps {
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly width: number;
}

function Rows({ keys, least, visited, scrolled, onScrolled, onOpen, children, scroller, width }: RowsProps) {
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  const side = (width - (columns - 1) * GAP) / columns;
  const rows = useVirtualizer({
    count: Math.ceil(keys.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => side + BELOW + GAP,
    overscan: 2,
    initialOffset: scrolled,
  });
  useEffect(() => rows.measure(), [rows, side]);
  const newest = useRef(onScrolled);
  newest.current = onScrolled;
  useEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const keep = () => newest.current(current.scrollTop);
    current.addEventListener("scrollend", keep);
    return () => current.removeEventListener("scrollend", keep);
  }, [scroller]);

  /** The picture that keys are at. */
  const [at, setAt] = useState(() => Math.max(0, visited === undefined ? 0 : keys.indexOf(visited)));
  const [focused, setFocused] = useState(() => (visited === undefined ? undefined : at));
  useEffect(() => {
    if (focused === undefined) return;
    rows.scrollToIndex(Math.floor(focused / columns));
    // a row that was far away is there with the next frame
    const frame = requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-picture="${focused}"]`)?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
  }, [focused, rows, columns, scroller]);

  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      PageUp: -4 * columns,
      PageDown: 4 * columns,
      Home: -keys.length,
      End: keys.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + step, 0), keys.length - 1);
    setAt(next);
    setFocused(next);
  };

  return (
    <ul
      style={{ "--columns": columns, "--gap": `${GAP}px`, height: rows.getTotalSize() } as CSSProperties}
      onKeyDown={onKey}
    >
      {rows.getVirtualItems().flatMap(({ index, start }) =>
        keys.slice(index * columns, (index + 1) * columns).map((key, column) => {
          const place = index * columns + column;
          return (
            <li
              key={key}
              style={{ width: side, translate: `${column * (side + GAP)}px ${start}px` }}
              aria-setsize={keys.length}
              aria-posinset={place + 1}
            >
              {children(place, {
                isCurrent: place === at,
                onOpen: () => {
                  setAt(place);
                  onScrolled(scroller.current?.scrollTop ?? 0);
                  onOpen(place);
                },
              })}
            </li>
          );
        }),
      )}
    </ul>
  );
}
