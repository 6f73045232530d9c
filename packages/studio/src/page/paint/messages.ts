import type { Picture, Rectangle } from "@limn/core";
import type { Brush, PaintedMap } from "./paint.js";

/** What is to be painted. */
export interface PaintOrder {
  /** The handle of a photo that the painter has. */
  readonly photo: string;
  /** The part of the photo that is shown, in its pixels. */
  readonly part: Rectangle;
  /** In pixels of the screen. */
  readonly width: number;
  readonly height: number;
  /** Undefined for the photo alone. */
  readonly map: PaintedMap | undefined;
  readonly brush: Brush;
  /** Pixels of the screen per pixel of the page. */
  readonly unit: number;
}

export type PainterRequest =
  | { readonly kind: "photo"; readonly handle: string; readonly picture: Picture }
  | { readonly kind: "forget"; readonly handle: string }
  | ({ readonly kind: "paint"; readonly id: number } & PaintOrder);

export interface PainterReply {
  readonly id: number;
  /** Undefined if the painter does not have the photo. */
  readonly bitmap: ImageBitmap | undefined;
}
