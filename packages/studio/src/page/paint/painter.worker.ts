/// <reference lib="webworker" />
import type { Line } from "@limn/core";
import type { PainterReply, PainterRequest, PaintOrder } from "./messages.js";
import { painted, type Tile } from "./paint.js";
import { imageDataOf, setColors, withoutAlpha } from "./pixels.js";

/** Photos by their handles. */
const photos = new Map<string, Promise<ImageBitmap>>();

self.onmessage = async ({ data: request }: MessageEvent<PainterRequest>) => {
  switch (request.kind) {
    case "photo":
      photos.set(request.handle, createImageBitmap(imageDataOf(request.picture)));
      break;
    case "forget": {
      const photo = photos.get(request.handle);
      photos.delete(request.handle);
      (await photo)?.close();
      break;
    }
    case "paint": {
      const photo = await photos.get(request.photo);
      const bitmap = photo && paint(photo, request);
      const reply: PainterReply = { id: request.id, bitmap };
      self.postMessage(reply, { transfer: bitmap ? [bitmap] : [] });
    }
  }
};

function paint(photo: ImageBitmap, { part, width, height, map, brush, unit }: PaintOrder): ImageBitmap {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, part.x, part.y, part.width, part.height, 0, 0, width, height);
  if (map) {
    const image = context.getImageData(0, 0, width, height);
    const tile: Tile = { width, height, part, rgb: withoutAlpha(image.data) };
    const { rgb, lines } = painted(map, tile, brush);
    setColors(image, rgb);
    context.putImageData(image, 0, 0);
    outline(context, lines, unit);
  }
  return canvas.transferToImageBitmap();
}

/** A white line with a dark edge, which is seen on any ground. */
function outline(context: OffscreenCanvasRenderingContext2D, lines: readonly Line[], unit: number): void {
  const path = new Path2D();
  for (const line of lines) {
    const [first, ...others] = line;
    if (first) path.moveTo(...first);
    for (const point of others) path.lineTo(...point);
  }
  context.lineJoin = "round";
  context.strokeStyle = "rgb(0 0 0 / 0.5)";
  context.lineWidth = 3 * unit;
  context.stroke(path);
  context.strokeStyle = "#fff";
  context.lineWidth = 1.4 * unit;
  context.stroke(path);
}
