import { LimnError } from "@limn/core";

/**
 * Which values of a picture become black and white, if it has more than 8 bits: two numbers, such as [0, 4095] of
 * 12 bits, or `auto`, the picture's own darkest and brightest. Default: 0 and 65535 of 16 bits.
 */
export type PixelRange = readonly [black: number, white: number] | "auto";

/**
 * @param range as a caller gave it
 * @throws LimnError `bad-option` if it is no range
 */
export function checkRange(range: PixelRange): void {
  if (range === "auto") return;
  const [black, white] = range;
  if (range.length === 2 && Number.isFinite(black) && Number.isFinite(white) && black !== white) return;
  throw new LimnError("bad-option", `range ${range}: give two different numbers, such as 0,4095, or auto`);
}

/** What a file says of numbers that are not 8-bit. */
export interface WidePixels {
  /** Pixel by pixel, color by color, then alpha if there is one. */
  readonly values: Float32Array | Uint16Array;
  readonly channels: number;
  /** Of the channels, those before alpha. */
  readonly colors: number;
  /** sharp's name of the numbers' type, such as `ushort`. */
  readonly depth: string;
}

const SIXTEEN_BITS = "ushort";
const WHITE = 65535;

/** The same in 8 bits, and what a model will not see of it as people do. @param name what messages call the picture */
export function narrowed(pixels: WidePixels, range: PixelRange | undefined, name: string): Narrowed {
  const { values, channels, colors, depth } = pixels;
  const [low, high] = extremes(pixels);
  const isWhole = depth === SIXTEEN_BITS;
  const [black, white] = range === "auto" ? [low, high] : (range ?? [0, isWhole ? WHITE : 255]);
  const scale = white === black ? 0 : 255 / (white - black);
  // 50 * 2.55 is a little less than the 127.5 that is meant
  const ofColor = (v: number) => Math.round((v - black) * scale + 1e-9);
  // without a range, 16 bits lose the lower 8, as PIL's do
  const upper = (v: number) => v >> 8;
  const colorOf = range === undefined && isWhole ? upper : ofColor;
  const alphaOf = isWhole ? upper : (v: number) => v;
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i] as number;
    data[i] = i % channels < colors ? colorOf(value) : alphaOf(value);
  }
  return { data: new Uint8Array(data.buffer), warnings: range === undefined ? cautions(low, high, isWhole, name) : [] };
}

export interface Narrowed {
  readonly data: Uint8Array;
  readonly warnings: readonly string[];
}

function extremes({ values, channels, colors }: WidePixels): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (i % channels >= colors || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function cautions(low: number, high: number, isWhole: boolean, name: string): string[] {
  const found = `from ${shown(low)} to ${shown(high)}`;
  if (!isWhole) {
    const advice = `say which become black and white: --range ${shown(low)},${shown(high)}, or --range auto`;
    return [`${name}: its values, ${found}, are not of 8 or 16 bits and were taken for 0 to 255; ${advice}`];
  }
  // a picture of one value has no contrast to lose
  if (high === low || high - low > WHITE / 2) return [];
  const bits = Math.ceil(Math.log2(high + 1));
  const advice = `say which become black and white: --range 0,${2 ** bits - 1} for ${bits} bits, or --range auto`;
  return [`${name}: its 16-bit values use a part of 0 to ${WHITE} only, ${found}, so the model sees little; ${advice}`];
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
