import type { Picture } from "@limn/core";
import { useEffect, useMemo, useRef } from "react";
import type { StudioMap } from "../../engine/engine.js";
import { painter } from "../paint/painter.js";
import { newestOnly } from "../parts/newest.js";
import { useStudio } from "../store/studio.js";

interface LiveCanvasProps {
  readonly frame: Picture;
  readonly map: StudioMap | undefined;
  /** What a screen reader says of it. */
  readonly name: string;
}

/** A frame with its map, in the frame's pixels. If frames come faster than they are painted, only the newest one waits. */
export function LiveCanvas({ frame, map, name }: LiveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const paint = useMemo(newestOnly, []);
  useEffect(() => {
    paint(async () => {
      const { width, height } = frame;
      const part = { x: 0, y: 0, width, height };
      const brush = { opacity, threshold, colors };
      const bitmap = await painter.once(frame, { part, width, height, map, brush, unit: 1 });
      const { current } = canvas;
      if (!bitmap || !current) return;
      current.width = width;
      current.height = height;
      current.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    });
  }, [paint, frame, map, opacity, threshold, colors]);
  return <canvas ref={canvas} role="img" aria-label={name} />;
}
