import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { EvaluatedPicture, Evaluation } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";
import { GalleryPicture } from "./GalleryPicture.js";

/** The least width of a picture, the gap between two, and the height of what is written below each; in pixels. */
const LEAST = 112;
const GAP = 12;
const BELOW = 44;

/** Room for the rings around pictures, in pixels; see mistakes.css. */
const RING = 4;

interface GalleryProps {
  readonly evaluation: Evaluation;
  readonly pictures: readonly EvaluatedPicture[];
}

/** Pictures in rows, of which only those are there that are seen. It opens where it was left. */
export function Gallery({ evaluation, pictures }: GalleryProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth - 2 * RING));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  if (pictures.length === 0) return <p className="faint">None.</p>;
  return (
    <div ref={scroller} className="gallery">
      {width > 0 && <Rows evaluation={evaluation} pictures={pictures} scroller={scroller} width={width} />}
    </div>
  );
}

interface RowsProps extends GalleryProps {
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly width: number;
}

function Rows({ evaluation, pictures, scroller, width }: RowsProps) {
  const columns = Math.max(2, Math.floor((width + GAP) / (LEAST + GAP)));
  const side = (width - (columns - 1) * GAP) / columns;
  const visit = useStudio((studio) => studio.visit);
  const visited = useStudio((studio) => studio.visited);
  const visiting = useStudio((studio) => studio.visiting);
  const rows = useVirtualizer({
    count: Math.ceil(pictures.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => side + BELOW + GAP,
    overscan: 2,
    initialOffset: useStudio.getState().scrolled,
  });
  useEffect(() => rows.measure(), [rows, side]);
  useEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const keep = () => useStudio.getState().keepScrolled(current.scrollTop);
    current.addEventListener("scrollend", keep);
    return () => current.removeEventListener("scrollend", keep);
  }, [scroller]);

  /** The picture that keys are at. */
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      pictures.findIndex(({ name }) => name === visited),
    ),
  );
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
      Home: -pictures.length,
      End: pictures.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + step, 0), pictures.length - 1);
    setAt(next);
    setFocused(next);
  };

  return (
    <ul
      style={{ "--columns": columns, "--gap": `${GAP}px`, height: rows.getTotalSize() } as CSSProperties}
      onKeyDown={onKey}
    >
      {rows.getVirtualItems().flatMap(({ index, start }) =>
        pictures.slice(index * columns, (index + 1) * columns).map((picture, column) => {
          const place = index * columns + column;
          return (
            <li
              key={picture.name}
              style={{ width: side, translate: `${column * (side + GAP)}px ${start}px` }}
              aria-setsize={pictures.length}
              aria-posinset={place + 1}
            >
              <GalleryPicture
                evaluation={evaluation}
                picture={picture}
                place={place}
                isCurrent={place === at}
                isVisited={picture.name === visited}
                isOpening={picture.name === visiting}
                onOpen={() => {
                  setAt(place);
                  useStudio.getState().keepScrolled(scroller.current?.scrollTop ?? 0);
                  void visit(picture);
                }}
              />
            </li>
          );
        }),
      )}
    </ul>
  );
}
