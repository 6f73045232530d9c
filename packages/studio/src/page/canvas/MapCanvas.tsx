import type { Rectangle } from "@limn/core";
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { StudioMap } from "../../engine/engine.js";
import { partOf } from "../maps/zoomed.js";
import type { PaintOrder } from "../paint/messages.js";
import type { PaintedMap } from "../paint/paint.js";
import { painter } from "../paint/painter.js";
import { newestOnly } from "../parts/newest.js";
import { WHOLE } from "../store/look.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";
import { Crosshair } from "./Crosshair.js";
import { DrawnRegion } from "./DrawnRegion.js";
import { useLooking } from "./use-looking.js";
import "./map-canvas.css";

interface MapCanvasProps {
  readonly photo: Photo;
  /** Undefined for the photo alone. */
  readonly map?: PaintedMap | StudioMap | undefined;
  /** What a screen reader says of it: see `mapName`. */
  readonly name: string;
  /** Whether a new map is being made, so that the one that is shown is an old one. */
  readonly stale?: boolean;
  /** Small ones don't zoom and have no crosshair. */
  readonly small?: boolean;
  /** Maps that may be shown here next, which are painted before they are asked for. */
  readonly ahead?: readonly StudioMap[];
  /** SVG in the photo's pixels, over the map. */
  readonly overlay?: ReactNode;
}

/** A map on its photo, in the pixels of the screen; all of them share a crosshair and a zoom. */
export function MapCanvas({ photo, map, name, stale = false, small = false, ahead, overlay }: MapCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSizeOnScreen(frame);
  const sharedZoom = useStudio(({ zoom }) => zoom);
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const isBare = useStudio((studio) => studio.bare) && !small;
  const isMarking = useStudio((studio) => studio.marking !== undefined) && !small;
  const zoom = small ? undefined : sharedZoom;
  usePainting(canvas, photo, isBare ? undefined : map, ahead, size, zoom, { opacity, threshold, colors });
  useLooking(frame, photo, !small);
  const { width, height } = photo.picture;
  return (
    <div
      ref={frame}
      className="map-canvas"
      data-stale={stale || undefined}
      data-small={small || undefined}
      data-marking={isMarking || undefined}
      style={{ "--shape": `${width} / ${height}` } as CSSProperties}
      {...(small
        ? {}
        : { tabIndex: 0, role: "group", "aria-label": `${name}. Arrows move the crosshair, plus and minus zoom.` })}
    >
      <canvas ref={canvas} role="img" aria-label={name} />
      {!small && (
        <Above part={partOf(photo.picture, zoom ?? WHOLE)}>
          {overlay}
          <DrawnRegion />
        </Above>
      )}
      {!small && <Crosshair photo={photo} />}
    </div>
  );
}

function Above({ part, children }: { readonly part: Rectangle; readonly children: ReactNode }) {
  const { x, y, width, height } = part;
  return (
    <svg className="map-above" viewBox={`${x} ${y} ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {children}
    </svg>
  );
}

/** The size of an element in pixels of the screen. */
function useSizeOnScreen(element: RefObject<HTMLElement | null>) {
  const [size, setSize] = useState({ width: 0, height: 0, unit: 1 });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const observer = new ResizeObserver(() => {
      const unit = window.devicePixelRatio;
      const { width, height } = current.getBoundingClientRect();
      const next = { width: Math.round(width * unit), height: Math.round(height * unit), unit };
      setSize((old) => (old.width === next.width && old.height === next.height ? old : next));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** How long nothing is to change before it is painted ahead, in milliseconds. */
const PATIENCE = 200;

/**
 * Shows what is painted already at once. What is not, it has painted, one painting after another; what nobody would see any
 * more is left out.
 */
function usePainting(
  canvas: RefObject<HTMLCanvasElement | null>,
  photo: Photo,
  map: PaintedMap | undefined,
  ahead: readonly PaintedMap[] = NONE,
  { width, height, unit }: { width: number; height: number; unit: number },
  zoom: { scale: number; x: number; y: number } | undefined,
  { opacity, threshold, colors }: Parameters<typeof painter.paint>[0]["brush"],
): void {
  const paint = useMemo(newestOnly, []);
  /** Counts what is to be seen, and which of it was shown last: what is painted late must not replace what came later. */
  const turns = useRef({ last: 0, shown: 0 });
  const orderOf = useCallback(
    (one: PaintedMap | undefined): PaintOrder => ({
      photo: photo.handle,
      part: partOf(photo.picture, zoom ?? WHOLE),
      width,
      height,
      map: one && paintedPart(one),
      brush: { opacity, threshold, colors },
      unit,
    }),
    [photo, width, height, unit, zoom, opacity, threshold, colors],
  );
  useLayoutEffect(() => {
    if (width === 0 || height === 0) return;
    const turn = ++turns.current.last;
    const show = (bitmap: ImageBitmap | undefined) => {
      const { current } = canvas;
      if (!bitmap || !current || turn < turns.current.shown) return;
      turns.current.shown = turn;
      current.width = width;
      current.height = height;
      current.getContext("2d")?.drawImage(bitmap, 0, 0);
    };
    const order = orderOf(map);
    const known = painter.known(order);
    if (known) show(known);
    else paint(async () => show(await painter.paint(order, photo.picture)));
  }, [paint, canvas, photo, map, width, height, orderOf]);
  useEffect(() => {
    if (width === 0 || height === 0 || ahead.length === 0) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      for (const one of ahead) if (!isOver) await painter.paint(orderOf(one), photo.picture);
    }, PATIENCE);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [photo, ahead, width, height, orderOf]);
}

const NONE: readonly PaintedMap[] = [];

/** Only what is painted crosses to the painter. */
const paintedPart = ({ shown, view, signed, pixelwise, floating, onPaper }: PaintedMap): PaintedMap => ({
  shown,
  view,
  signed,
  pixelwise,
  floating,
  ...(onPaper === undefined ? {} : { onPaper }),
});
