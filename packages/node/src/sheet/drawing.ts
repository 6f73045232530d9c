import sharp, { type OverlayOptions as Layer, type Sharp } from "sharp";
import { type TextStyle, textSvg, widthOf } from "./text.js";

/** Pixels per unit of the layout: sharp on dense screens. */
export const DENSITY = 2;

/**
 * The most pixels of a file, unless one pixel per unit is more already. Maps are laid on noise and photos, which take about
 * a byte per pixel.
 */
const MOST_PIXELS = 8e6;

const PAPER = "#fbfbfa";

/** A rectangle in units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a line of text reaches above and below its baseline, as a share of its size. */
const ASCENT = 0.78;
const DESCENT = 0.22;

/** A drawing on paper: pixels, and lines and text above them. All sizes in units. */
export class Drawing {
  readonly width: number;
  readonly height: number;
  readonly #svg: string[] = [];
  readonly #layers: Layer[] = [];
  readonly #texts: (Box & { readonly text: string })[] = [];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** The lines of text and their boxes. */
  get texts(): readonly (Box & { readonly text: string })[] {
    return this.#texts;
  }

  /** @param y the baseline */
  text(text: string, x: number, y: number, style: TextStyle): void {
    const width = widthOf(text, style);
    const left = x - (style.anchor === "end" ? width : style.anchor === "middle" ? width / 2 : 0);
    const { size } = style;
    this.#texts.push({ text, x: left, y: y - ASCENT * size, width, height: (ASCENT + DESCENT) * size });
    this.#svg.push(textSvg(text, x, y, style));
  }

  rectangle({ x, y, width, height }: Box, attributes: string): void {
    this.#svg.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" ${attributes}/>`);
  }

  /** Draws pixels at their own size, DENSITY per unit. @param x @param y the upper left corner, in units */
  pixels(rgb: Uint8Array, width: number, height: number, x: number, y: number): void {
    this.#layers.push({
      input: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength),
      raw: { width, height, channels: 3 },
      left: Math.round(x * DENSITY),
      top: Math.round(y * DENSITY),
    });
  }

  /** The bytes of a PNG file: DENSITY pixels per unit, or fewer if the file would be large. */
  async png(): Promise<Buffer> {
    const [width, height] = this.#pixelsAt(DENSITY);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width / DENSITY} ${height / DENSITY}">${this.#svg.join("")}</svg>`;
    const dense = sharp({
      create: { width, height, channels: 3, background: PAPER },
      limitInputPixels: false,
    }).composite([...this.#layers, { input: Buffer.from(drawing), limitInputPixels: false }]);
    const density = Math.max(1, Math.min(DENSITY, Math.sqrt(MOST_PIXELS / (this.width * this.height))));
    return encoded(density < DENSITY ? await reduced(dense, this.#pixelsAt(density)) : dense);
  }

  #pixelsAt(density: number): [width: number, height: number] {
    return [Math.ceil(this.width * density), Math.ceil(this.height * density)];
  }
}

/** A copy with fewer pixels. In one step, sharp would resize before it composes. */
async function reduced(dense: Sharp, [width, height]: readonly [number, number]): Promise<Sharp> {
  const { data, info } = await dense.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return sharp(data, { raw, limitInputPixels: false }).resize(width, height, { fit: "fill" });
}

const encoded = (picture: Sharp): Promise<Buffer> =>
  picture.removeAlpha().png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
