import sharp, { type OverlayOptions as Layer } from "sharp";
import { type TextStyle, textSvg, widthOf } from "./text.js";

/** Pixels per unit of the layout: sharp on dense screens. */
export const DENSITY = 2;

const PAPER = "#fbfbfa";

/** A rectangle in units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a line of text reaches above and below its baseline, in parts of its size. */
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

  /** Where the lines of text are. */
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

  /** Pixels at their own size, DENSITY to a unit. */
  pixels(rgb: Uint8Array, width: number, height: number, x: number, y: number): void {
    this.#layers.push({
      input: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength),
      raw: { width, height, channels: 3 },
      left: Math.round(x * DENSITY),
      top: Math.round(y * DENSITY),
    });
  }

  png(): Promise<Buffer> {
    const width = Math.ceil(this.width * DENSITY);
    const height = Math.ceil(this.height * DENSITY);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width / DENSITY} ${height / DENSITY}">${this.#svg.join("")}</svg>`;
    return sharp({ create: { width, height, channels: 3, background: PAPER } })
      .composite([...this.#layers, { input: Buffer.from(drawing), limitInputPixels: false }])
      .png({ compressionLevel: 4 })
      .toBuffer();
  }
}
