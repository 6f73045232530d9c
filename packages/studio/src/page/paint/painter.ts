import type { Picture } from "@limn/core";
import type { PainterReply, PainterRequest, PaintOrder } from "./messages.js";
import { imageDataOf } from "./pixels.js";

/** Paints maps off the page's thread. */
class Painter {
  readonly #worker = new Worker(new URL("./painter.worker.ts", import.meta.url), { type: "module", name: "painter" });
  readonly #photos = new Map<string, Promise<void>>();
  readonly #waiting = new Map<number, (bitmap: ImageBitmap | undefined) => void>();
  #last = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { id, bitmap } }: MessageEvent<PainterReply>) => {
      this.#waiting.get(id)?.(bitmap);
      this.#waiting.delete(id);
    };
  }

  /** Gives the painter a photo; once is enough. */
  learn(handle: string, picture: Picture): Promise<void> {
    let learned = this.#photos.get(handle);
    if (!learned) {
      learned = bitmapOf(picture).then((bitmap) => this.#post({ kind: "photo", handle, bitmap }, [bitmap]));
      this.#photos.set(handle, learned);
    }
    return learned;
  }

  forget(handle: string): void {
    if (this.#photos.delete(handle)) this.#post({ kind: "forget", handle });
  }

  /** @returns undefined if the painter does not have the photo any more */
  async paint(order: PaintOrder, picture: Picture): Promise<ImageBitmap | undefined> {
    await this.learn(order.photo, picture);
    const id = ++this.#last;
    const bitmap = new Promise<ImageBitmap | undefined>((resolve) => this.#waiting.set(id, resolve));
    this.#post({ kind: "paint", id, ...order });
    return bitmap;
  }

  #post(request: PainterRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
  }
}

export const painter = new Painter();

/** A picture as the browser draws it. */
export const bitmapOf = (picture: Picture): Promise<ImageBitmap> => createImageBitmap(imageDataOf(picture));
