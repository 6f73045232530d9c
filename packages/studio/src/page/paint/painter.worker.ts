/// <reference lib="webworker" />
import type { Line } from "@limn/core";
import type { PainterReply, PainterRequest } from "./messages.js";
import { painted, type Tile } from "./paint.js";
import { setColors, withoutAlpha } from "./pixels.js";

/** Photos by their handles. */
const photos = new Map<string, ImageBitmap>();

self.onmessage = ({ data: request }: MessageEvent<PainterRequest>) => {
  switch (request.kind) {
    case "photo":
      photos.set(request.handle, request.bitmap);
      break;
    case "forget":
      photos.get(request.handle)?.close();
      photos.delete(request.handle);
      break;
    case "paint": {
      const bitmap = paint(request);
      const reply: PainterReply = { id: request.id, bitmap };
      self.postMessage(reply, { transfer: bitmap ? [bitmap] : [] });
    }
  }
};

function paint({
  photo,
  part,
  width,
  height,
  map,
  brush,
  unit,
}: Extract<PainterRequest, { kind: "paint" }>): ImageBitmap | undefined {
  const source = photos.get(photo);
  if (!source) return undefined;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, part.x, part.y, part.width, part.height, 0, 0, width, height);
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
