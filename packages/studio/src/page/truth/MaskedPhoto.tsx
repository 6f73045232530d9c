import type { Grid, Picture } from "@limn/core";
import { useEffect, useRef } from "react";
import type { HideBy } from "../../engine/engine.js";
import { imageDataOf } from "../paint/pixels.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";

/** The longest side of the canvas, in pixels. */
const LONGEST = 1024;

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
  const layers = useRef<{
    photo: Photo;
    by: HideBy;
    other: Photo | undefined;
    seen: OffscreenCanvas;
    instead: OffscreenCanvas;
  }>(undefined);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const known = layers.current;
    const isSame = known?.photo === photo && known.by === by && known.other === other;
    const seen = known?.photo === photo ? known.seen : drawn(photo.picture);
    const instead = isSame ? known.instead : replacement(seen, by, other && drawn(other.picture));
    layers.current = { photo, by, other, seen, instead };
    const { width, height } = seen;
    context.canvas.width = width;
    context.canvas.height = height;
    const hidden = new OffscreenCanvas(width, height);
    const over = hidden.getContext("2d") as OffscreenCanvasRenderingContext2D;
    over.drawImage(alphaOf(mask), 0, 0, width, height);
    over.globalCompositeOperation = "source-in";
    over.drawImage(instead, 0, 0);
    context.drawImage(seen, 0, 0);
    context.drawImage(hidden, 0, 0);
  }, [photo, mask, by, other]);
  return <canvas ref={canvas} role="img" aria-label={name} />;
}

/** A picture on a canvas of at most `LONGEST` pixels. */
function drawn(picture: Picture): OffscreenCanvas {
  const { width, height } = picture;
  const whole = new OffscreenCanvas(width, height);
  whole.getContext("2d")?.putImageData(imageDataOf(picture), 0, 0);
  const unit = Math.min(1, LONGEST / Math.max(width, height));
  if (unit === 1) return whole;
  const small = new OffscreenCanvas(Math.round(width * unit), Math.round(height * unit));
  small.getContext("2d")?.drawImage(whole, 0, 0, small.width, small.height);
  return small;
}

/** What is seen where the photo is hidden. */
function replacement(seen: OffscreenCanvas, by: HideBy, other: OffscreenCanvas | undefined): OffscreenCanvas {
  const { width, height } = seen;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  if (by === "blur") {
    context.filter = `blur(${Math.max(width, height) / 22}px)`;
    context.drawImage(seen, 0, 0);
  } else if (by === "mean") {
    // a picture of one pixel is its mean
    context.imageSmoothingQuality = "high";
    const one = new OffscreenCanvas(1, 1);
    one.getContext("2d")?.drawImage(seen, 0, 0, 1, 1);
    context.drawImage(one, 0, 0, 1, 1, 0, 0, width, height);
  } else if (other) context.drawImage(other, 0, 0, width, height);
  else {
    context.fillStyle = "#808080";
    context.fillRect(0, 0, width, height);
  }
  return canvas;
}

/** A mask as the alpha of an image. */
function alphaOf({ width, height, data }: Grid): OffscreenCanvas {
  const image = new ImageData(width, height);
  data.forEach((v, i) => {
    image.data[4 * i + 3] = Math.round(255 * v);
  });
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
