import type { Pixels } from "./artist.js";

/** A drawing in pixels, cut to its opaque part, in its full size and smaller by halves. */
export interface Sprite {
  /** Width over height. */
  readonly aspect: number;
  /** The share of its frame that it covers. */
  readonly opaque: number;
  readonly levels: readonly Level[];
}

/** Red, green, blue and opacity, 0 to 255, the colors multiplied by the opacity. */
interface Level {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The sprite of a drawing that was brought to pixels. */
export function spriteOf(pixels: Pixels): Sprite {
  const level = premultiplied(cut(pixels));
  return { aspect: level.width / level.height, opaque: opaqueShare(level), levels: pyramid(level) };
}

/** Pixels that are fainter than this don't count as part of a drawing. */
const FAINT = 16;

function cut({ width, height, data }: Level): Level {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((data[4 * (y * width + x) + 3] as number) < FAINT) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  const [w, h] = [right - left + 1, bottom - top + 1];
  const result = new Uint8ClampedArray(4 * w * h);
  for (let y = 0; y < h; y++) {
    const from = 4 * ((top + y) * width + left);
    result.set(data.subarray(from, from + 4 * w), 4 * y * w);
  }
  return { width: w, height: h, data: result };
}

function opaqueShare({ width, height, data }: Level): number {
  let count = 0;
  for (let i = 3; i < data.length; i += 4) if ((data[i] as number) >= 128) count++;
  return count / (width * height);
}

function premultiplied({ width, height, data }: Level): Level {
  const result = data.slice();
  for (let i = 0; i < data.length; i += 4) {
    for (let c = 0; c < 3; c++) result[i + c] = ((data[i + c] as number) * (data[i + 3] as number)) / 255;
  }
  return { width, height, data: result };
}

function pyramid(level: Level): readonly Level[] {
  const small = level.width <= 8 || level.height <= 8;
  return small ? [level] : [level, ...pyramid(halved(level))];
}

/** Means of two by two pixels; an odd last row or column is counted twice. */
function halved({ width, height, data }: Level): Level {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
  const result = new Uint8ClampedArray(4 * w * h);
  for (let y = 0; y < h; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++) {
      const next = Math.min(2 * x + 1, width - 1);
      for (let c = 0; c < 4; c++) {
        const at = (row: number, column: number) => data[4 * (row + column) + c] as number;
        result[4 * (y * w + x) + c] = (at(upper, 2 * x) + at(upper, next) + at(lower, 2 * x) + at(lower, next)) / 4;
      }
    }
  }
  return { width: w, height: h, data: result };
}

/** The largest level with fewer than two pixels for one of the picture's, so that nothing is skipped in sampling. */
export function levelFor({ levels }: Sprite, halfWidth: number, coarser = 0): Level {
  const fit = levels.findIndex(({ width }) => width < 4 * halfWidth);
  const last = levels.length - 1;
  return levels[Math.min(fit < 0 ? last : fit + coarser, last)] as Level;
}

/**
 * Reads a level between its pixels, nothing outside (bilinear).
 * @param u and @param v from -1 to 1
 * @param into receives the four values
 */
export function sample({ width, height, data }: Level, u: number, v: number, into: Float32Array): void {
  const x = ((u + 1) / 2) * width - 0.5;
  const y = ((v + 1) / 2) * height - 0.5;
  into.fill(0);
  if (x <= -1 || y <= -1 || x >= width || y >= height) return;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  for (let row = top; row <= top + 1; row++) {
    if (row < 0 || row >= height) continue;
    const vertical = row === top ? 1 - (y - top) : y - top;
    for (let column = left; column <= left + 1; column++) {
      if (column < 0 || column >= width) continue;
      const weight = vertical * (column === left ? 1 - (x - left) : x - left);
      const at = 4 * (row * width + column);
      for (let c = 0; c < 4; c++) into[c] = (into[c] as number) + weight * (data[at + c] as number);
    }
  }
}
