import type { Grid } from "@limn/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { HideBy } from "../../engine/engine.js";
import { painter } from "../paint/painter.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";

/** The longest side of the canvas, in pixels. */
const LONGEST = 1024;

/** The longest side of what has no detail. */
const COARSE = 256;

interface MaskedPhotoProps {
  readonly photo: Photo;
  readonly mask: Grid;
  readonly by: HideBy;
  /** What a screen reader says of it. */
  readonly name: string;
}

/** A photo with a part of it hidden, as the model gets to see it. */
export function MaskedPhoto({ photo, mask, by, name }: MaskedPhotoProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const other = useStudio(({ photos }) =>
    typeof by === "object" ? photos.find(({ handle }) => handle === by.picture) : undefined,
  );
  const seen = useDrawn(photo);
  const seenOther = useDrawn(other);
  const instead = useMemo(() => seen && replacement(seen, by, seenOther), [seen, by, seenOther]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !seen || !instead) return;
    const { width, height } = seen;
    context.canvas.width = width;
    context.canvas.height = height;
    const hidden = new OffscreenCanvas(width, height);
    const over = hidden.getContext("2d") as OffscreenCanvasRenderingContext2D;
    over.drawImage(alphaOf(mask), 0, 0, width, height);
    over.globalCompositeOperation = "source-in";
    over.drawImage(instead, 0, 0, width, height);
    context.drawImage(seen, 0, 0);
    context.drawImage(hidden, 0, 0);
  }, [seen, mask, instead]);
  return <canvas ref={canvas} role="img" aria-label={name} />;
}

/** A photo with at most `LONGEST` pixels on a side; undefined as long as it is not there. */
function useDrawn(photo: Photo | undefined): ImageBitmap | undefined {
  const [drawn, setDrawn] = useState<{ readonly photo: Photo; readonly bitmap: ImageBitmap }>();
  useEffect(() => {
    if (!photo) return;
    let isGone = false;
    const { width, height } = photo.picture;
    const unit = Math.min(1, LONGEST / Math.max(width, height));
    const size = { width: Math.round(width * unit), height: Math.round(height * unit) };
    void painter.scaled(photo, { x: 0, y: 0, width, height }, size).then((bitmap) => {
      if (bitmap && !isGone) setDrawn({ photo, bitmap });
    });
    return () => {
      isGone = true;
    };
  }, [photo]);
  return drawn?.photo === photo ? drawn?.bitmap : undefined;
}

/** What is seen where the photo is hidden, in fewer pixels: it has no detail, unless it is another photo. */
function replacement(seen: ImageBitmap, by: HideBy, other: ImageBitmap | undefined): ImageBitmap | OffscreenCanvas {
  if (typeof by === "object" && other) return other;
  const unit = Math.min(1, COARSE / Math.max(seen.width, seen.height));
  const canvas = new OffscreenCanvas(Math.ceil(seen.width * unit), Math.ceil(seen.height * unit));
  const { width, height } = canvas;
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  if (by === "blur") {
    context.filter = `blur(${Math.max(width, height) / 22}px)`;
    context.drawImage(seen, 0, 0, width, height);
  } else if (by === "mean") {
    // a picture of one pixel is its mean
    const one = new OffscreenCanvas(1, 1);
    const mean = one.getContext("2d") as OffscreenCanvasRenderingContext2D;
    mean.imageSmoothingQuality = "high";
    mean.drawImage(seen, 0, 0, 1, 1);
    context.drawImage(one, 0, 0, 1, 1, 0, 0, width, height);
  } else {
    context.fillStyle = "#808080";
    context.fillRect(0, 0, width, height);
  }
  return canvas;
}

/** A mask as the alpha of an image. */
function alphaOf({ width, height, data }: Grid): OffscreenCanvas {
  const image = new ImageData(width, height);
  const { data: rgba } = image;
  for (let i = 0; i < data.length; i++) rgba[4 * i + 3] = 255 * (data[i] as number);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
