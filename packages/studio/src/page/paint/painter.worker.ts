/// <reference lib="webworker" />
import type { Line } from "@limn/core";
import type { PainterReply, PainterRequest, PaintOrder } from "./messages.js";
import { painted } from "./paint.js";
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
      ground = undefined;
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

function paint(photo: ImageBitmap, order: PaintOrder): ImageBitmap {
  const { part, width, height, map, brush, unit } = order;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  if (map) {
    const { image, rgb } = groundOf(photo, order, context);
    const painting = painted(map, { width, height, part, rgb }, brush);
    setColors(image, painting.rgb);
    context.putImageData(image, 0, 0);
    outline(context, painting.lines, unit);
  } else drawPhoto(photo, order, context);
  return canvas.transferToImageBitmap();
}

function drawPhoto(
  photo: ImageBitmap,
  { part, width, height }: PaintOrder,
  context: OffscreenCanvasRenderingContext2D,
): void {
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, part.x, part.y, part.width, part.height, 0, 0, width, height);
}

/** A part of a photo in the size in which it is shown, to be painted on. */
interface Ground {
  readonly order: PaintOrder;
  /** Takes what is painted. */
  readonly image: ImageData;
  /** height * width * 3 bytes, of the photo. */
  readonly rgb: Uint8Array;
}

/** That of the last map: the next one is mostly of the same part of the same photo. */
let ground: Ground | undefined;

function groundOf(photo: ImageBitmap, order: PaintOrder, context: OffscreenCanvasRenderingContext2D): Ground {
  if (ground && isSame(ground.order, order)) return ground;
  drawPhoto(photo, order, context);
  const image = context.getImageData(0, 0, order.width, order.height);
  ground = { order, image, rgb: withoutAlpha(image.data) };
  return ground;
}

/** Whether two maps are painted on the same. */
const isSame = (a: PaintOrder, b: PaintOrder): boolean =>
  a.photo === b.photo &&
  a.width === b.width &&
  a.height === b.height &&
  (["x", "y", "width", "height"] as const).every((key) => a.part[key] === b.part[key]);

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
