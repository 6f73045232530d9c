import type { Rectangle } from "@limn/core";
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { StudioMap } from "../../engine/engine.js";
import { partOf } from "../maps/zoomed.js";
import type { PaintedMap } from "../paint/paint.js";
import { painter } from "../paint/painter.js";
import { newestOnly } from "../parts/newest.js";
import { WHOLE } from "../store/look.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";
import { Crosshair } from "./Crosshair.js";
import { DrawnBox } from "./DrawnBox.js";
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
  /** SVG in the photo's pixels, over the map. */
  readonly overlay?: ReactNode;
}

/** A map on its photo, in the pixels of the screen; all of them share a crosshair and a zoom. */
export function MapCanvas({ photo, map, name, stale = false, small = false, overlay }: MapCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSizeOnScreen(frame);
  const sharedZoom = useStudio(({ zoom }) => zoom);
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const isBare = useStudio((studio) => studio.bare) && !small;
  const zoom = small ? undefined : sharedZoom;
  usePainting(canvas, photo, isBare ? undefined : map, size, zoom, { opacity, threshold, colors });
  useLooking(frame, photo, !small);
  const { width, height } = photo.picture;
  return (
    <div
      ref={frame}
      className="map-canvas"
      data-stale={stale || undefined}
      data-small={small || undefined}
      style={{ "--shape": `${width} / ${height}` } as CSSProperties}
      {...(small
        ? {}
        : { tabIndex: 0, role: "group", "aria-label": `${name}. Arrows move the crosshair, plus and minus zoom.` })}
    >
      <canvas ref={canvas} role="img" aria-label={name} />
      {!small && (
        <Above part={partOf(photo.picture, zoom ?? WHOLE)}>
          {overlay}
          <DrawnBox />
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

/** Paints what is to be seen, one painting after another; what nobody would see any more is left out. */
function usePainting(
  canvas: RefObject<HTMLCanvasElement | null>,
  photo: Photo,
  map: PaintedMap | undefined,
  { width, height, unit }: { width: number; height: number; unit: number },
  zoom: { scale: number; x: number; y: number } | undefined,
  { opacity, threshold, colors }: Parameters<typeof painter.paint>[0]["brush"],
): void {
  const paint = useMemo(newestOnly, []);
  useEffect(() => {
    if (width === 0 || height === 0) return;
    paint(async () => {
      const part = partOf(photo.picture, zoom ?? WHOLE);
      const brush = { opacity, threshold, colors };
      const order = { photo: photo.handle, part, width, height, map: map && paintedPart(map), brush, unit };
      const bitmap = await painter.paint(order, photo.picture);
      const { current } = canvas;
      if (!bitmap || !current) return;
      current.width = width;
      current.height = height;
      current.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    });
  }, [paint, canvas, photo, map, width, height, unit, zoom, opacity, threshold, colors]);
}

/** Only what is painted crosses to the painter. */
const paintedPart = ({ shown, view, signed, pixelwise, floating, onPaper }: PaintedMap): PaintedMap => ({
  shown,
  view,
  signed,
  pixelwise,
  floating,
  ...(onPaper === undefined ? {} : { onPaper }),
});
