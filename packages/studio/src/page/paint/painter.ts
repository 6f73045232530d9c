import type { Picture, Rectangle } from "@limn/core";
import { KeptPaintings } from "./kept-paintings.js";
import type { PainterReply, PainterRequest, PaintOrder } from "./messages.js";

/** Paints maps off the page's thread, and keeps what was painted last. */
class Painter {
  readonly #worker = new Worker(new URL("./painter.worker.ts", import.meta.url), { type: "module", name: "painter" });
  readonly #photos = new Set<string>();
  readonly #waiting = new Map<number, (bitmap: ImageBitmap | undefined) => void>();
  readonly #kept = new KeptPaintings();
  #last = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { id, bitmap } }: MessageEvent<PainterReply>) => {
      this.#waiting.get(id)?.(bitmap);
      this.#waiting.delete(id);
    };
  }

  /** Gives the painter a photo; once is enough. */
  learn(handle: string, picture: Picture): void {
    if (this.#photos.has(handle)) return;
    this.#photos.add(handle);
    this.#post({ kind: "photo", handle, picture });
  }

  forget(handle: string): void {
    this.#kept.forget(handle);
    if (this.#photos.delete(handle)) this.#post({ kind: "forget", handle });
  }

  /** What is painted already. It is only to be drawn: others may draw it, too. */
  known(order: PaintOrder): ImageBitmap | undefined {
    return this.#kept.get(order);
  }

  /** @returns what is only to be drawn, since others may draw it, too; undefined if the painter does not have the photo any more */
  async paint(order: PaintOrder, picture: Picture): Promise<ImageBitmap | undefined> {
    const known = this.#kept.get(order);
    if (known) return known;
    const bitmap = await this.#painted(order, picture);
    if (bitmap && this.#photos.has(order.photo)) this.#kept.keep(order, bitmap);
    return bitmap;
  }

  /** A part of a photo in another size, which the caller owns. */
  scaled(
    { handle, picture }: { readonly handle: string; readonly picture: Picture },
    part: Rectangle,
    size: { readonly width: number; readonly height: number },
  ): Promise<ImageBitmap | undefined> {
    const brush = { opacity: 1, threshold: 0, colors: undefined };
    return this.#painted({ photo: handle, part, ...size, map: undefined, brush, unit: 1 }, picture);
  }

  /** Paints a picture that is seen once, such as a camera's; the caller owns what is painted. */
  once(picture: Picture, order: Omit<PaintOrder, "photo">): Promise<ImageBitmap | undefined> {
    const photo = `once ${++this.#last}`;
    const painted = this.#painted({ ...order, photo }, picture);
    // the worker takes its messages in their order
    this.forget(photo);
    return painted;
  }

  #painted(order: PaintOrder, picture: Picture): Promise<ImageBitmap | undefined> {
    this.learn(order.photo, picture);
    const id = ++this.#last;
    const bitmap = new Promise<ImageBitmap | undefined>((resolve) => this.#waiting.set(id, resolve));
    this.#post({ kind: "paint", id, ...order });
    return bitmap;
  }

  #post(request: PainterRequest): void {
    this.#worker.postMessage(request);
  }
}

export const painter = new Painter();
