import type { PaintOrder } from "./messages.js";

/** How many pixels are kept, of 4 bytes each. */
const MOST = 2 ** 24;

/** What was painted last, so that it can be shown again at once. What is given up is left to whoever still draws it. */
export class KeptPaintings {
  readonly #most: number;
  /** In the order of their use. */
  readonly #paintings = new Map<string, { readonly photo: string; readonly bitmap: ImageBitmap }>();
  /** Maps are told apart by their values, which never change. */
  readonly #ids = new WeakMap<object, number>();
  #lastId = 0;
  #pixels = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get(order: PaintOrder): ImageBitmap | undefined {
    const key = this.#keyOf(order);
    const found = this.#paintings.get(key);
    if (!found) return undefined;
    this.#paintings.delete(key);
    this.#paintings.set(key, found);
    return found.bitmap;
  }

  keep(order: PaintOrder, bitmap: ImageBitmap): void {
    const key = this.#keyOf(order);
    this.#drop(key);
    this.#paintings.set(key, { photo: order.photo, bitmap });
    this.#pixels += bitmap.width * bitmap.height;
    for (const old of this.#paintings.keys()) {
      if (this.#pixels <= this.#most) break;
      this.#drop(old);
    }
  }

  /** Gives up what shows a photo. */
  forget(photo: string): void {
    for (const [key, one] of this.#paintings) if (one.photo === photo) this.#drop(key);
  }

  #drop(key: string): void {
    const found = this.#paintings.get(key);
    if (!found) return;
    this.#paintings.delete(key);
    this.#pixels -= found.bitmap.width * found.bitmap.height;
  }

  #keyOf({ photo, part, width, height, map, brush, unit }: PaintOrder): string {
    const { x, y, width: w, height: h } = part;
    const { opacity, threshold, colors } = brush;
    const shown = map && [this.#idOf(map.shown.data), opacity, threshold, colors];
    return JSON.stringify([photo, x, y, w, h, width, height, unit, shown]);
  }

  #idOf(values: object): number {
    const id = this.#ids.get(values) ?? ++this.#lastId;
    this.#ids.set(values, id);
    return id;
  }
}
