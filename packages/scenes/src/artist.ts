import type { FamilyName } from "./families.js";

/** What brings drawings to pixels: a library of images in Node, the browser in a page. */
export interface Artist {
  /** The drawings of a family as SVG documents, by name. */
  iconsOf(family: FamilyName): ReadonlyMap<string, string>;
  /** Brings a drawing to pixels. @param size the longer side of the drawing's own frame, in pixels */
  pixelsOf(svg: string, size: number): Promise<Pixels>;
}

/** Pixels with an opacity. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, 0 to 255, row by row: [height, width, 4]; the colors are not multiplied by the opacity. */
  readonly data: Uint8ClampedArray;
}
