import type { Line } from "@limn/core";
import sharp from "sharp";
import { type TextStyle, textSvg, widthOf } from "./text.js";

const PAPER = "#fbfbfa";

/** A rectangle, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a line of text reaches above and below its baseline, as a share of its size. */
const ASCENT = 0.78;
const DESCENT = 0.22;

/** The kinds of files that a drawing can be. */
export const PICTURE_FORMATS = ["png", "webp", "svg"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

interface Layer {
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** A drawing on paper: pixels, and lines and text above them. All sizes in pixels. */
export class Drawing {
  readonly width: number;
  readonly height: number;
  readonly #svg: string[] = [];
  readonly #layers: Layer[] = [];
  readonly #texts: (Box & { readonly text: string })[] = [];

  constructor(width: number, height: number) {
    this.width = Math.ceil(width);
    this.height = Math.ceil(height);
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

  /** Draws pixels at their own size. @param x @param y the upper left corner */
  pixels(rgb: Uint8Array, width: number, height: number, x: number, y: number): void {
    this.#layers.push({ rgb, width, height, left: Math.round(x), top: Math.round(y) });
  }

  /** A white line with a dark edge, which is seen on any ground. @param x @param y where the lines' [0, 0] is */
  outline(lines: readonly Line[], x: number, y: number): void {
    if (lines.length === 0) return;
    const path = lines.map((line) => `M${line.map((point) => point.map((v) => v.toFixed(1)).join(" ")).join("L")}`);
    const d = path.join("");
    const place = `transform="translate(${Math.round(x)} ${Math.round(y)})" fill="none" stroke-linejoin="round"`;
    this.#svg.push(
      `<g ${place}><path d="${d}" stroke="#000" stroke-opacity="0.5" stroke-width="3"/><path d="${d}" stroke="#fff" stroke-width="1.4"/></g>`,
    );
  }

  /** The bytes of a file: PNG, lossy WebP, or SVG with the pixels inside. */
  async encoded(format: PictureFormat): Promise<Buffer> {
    if (format === "svg") return Buffer.from(this.#svgOf(await Promise.all(this.#layers.map(imageOf))));
    const { width, height } = this;
    const picture = sharp({ create: { width, height, channels: 3, background: PAPER }, limitInputPixels: false })
      .composite([
        ...this.#layers.map(({ rgb, left, top, ...size }) => ({
          input: bufferOf(rgb),
          raw: { ...size, channels: 3 as const },
          left,
          top,
        })),
        { input: Buffer.from(this.#svgOf([])), limitInputPixels: false },
      ])
      .removeAlpha();
    return format === "webp"
      ? picture.webp({ quality: 90, smartSubsample: true }).toBuffer()
      : picture.png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
  }

  /** @param images what lies below the lines and text */
  #svgOf(images: readonly string[]): string {
    const { width, height } = this;
    const paper = images.length > 0 ? `<rect width="${width}" height="${height}" fill="${PAPER}"/>` : "";
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${paper}${images.join("")}${this.#svg.join("")}</svg>`;
  }
}

async function imageOf({ rgb, width, height, left, top }: Layer): Promise<string> {
  const bytes = await sharp(bufferOf(rgb), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const data = `data:image/png;base64,${bytes.toString("base64")}`;
  return `<image x="${left}" y="${top}" width="${width}" height="${height}" href="${data}"/>`;
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
