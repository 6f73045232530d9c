import { type ColorMapName, colorTable, isDiverging, TABLE_SIZE, tableIndex } from "./color-map.js";
import { positionIn, type Range } from "./normalize.js";

/** How a map is colored. */
export interface OverlayOptions {
  readonly colors: ColorMapName;
  /** For diverging colors, 0 is its middle. */
  readonly range: Range;
  /** The opacity of the map's largest values over a photo, 0 to 1. Default 0.85. */
  readonly opacity?: number;
}

/** How much of its color and light the photo keeps under a map. */
const UNDER = { saturation: 0.25, light: 0.8 };

/** The largest opacity of a map, unless it is said: the photo is still seen below it. */
const OPACITY = 0.85;

/** What lies outside of what the model saw fades towards paper: a share of the photo, without color, on this gray. */
const UNSEEN = { photo: 0.22, gray: 236 };

/**
 * Lays a map over a photo. The map's opacity grows with its value (for diverging colors, with the distance from 0), so that
 * the photo stays visible where the map shows nothing. Where the map is NaN, outside of what the model saw, the photo is
 * pale and gray.
 * @param rgb height * width * 3 bytes, row by row
 * @param values height * width, as `MapPlacer` gives them
 * @returns height * width * 3 bytes
 */
export function overlay(
  rgb: Uint8Array,
  values: Float32Array,
  { colors, range, opacity = OPACITY }: OverlayOptions,
): Uint8Array {
  const table = colorTable(colors);
  const diverging = isDiverging(colors);
  const alphas = opacities(diverging, opacity);
  const result = new Uint8ClampedArray(rgb.length);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const at = 3 * pixel;
    const value = values[pixel] as number;
    const luma = 0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
    if (Number.isNaN(value)) {
      result.fill(UNSEEN.photo * luma + (1 - UNSEEN.photo) * UNSEEN.gray, at, at + 3);
      continue;
    }
    const entry = tableIndex(positionIn(range, value, diverging));
    const alpha = alphas[entry] as number;
    for (let channel = 0; channel < 3; channel++) {
      const photo = UNDER.light * (luma + UNDER.saturation * ((rgb[at + channel] as number) - luma));
      result[at + channel] = (1 - alpha) * photo + alpha * (table[3 * entry + channel] as number);
    }
  }
  return new Uint8Array(result.buffer);
}

/**
 * Draws a map on a plain ground, which has the color of its 0. Where the map is NaN, outside of what the model saw, it is
 * light gray.
 * @param values height * width
 * @returns height * width * 3 bytes
 */
export function plain(values: Float32Array, { colors, range }: Omit<OverlayOptions, "opacity">): Uint8Array {
  const table = colorTable(colors);
  const diverging = isDiverging(colors);
  const result = new Uint8Array(3 * values.length);
  values.forEach((value, pixel) => {
    if (Number.isNaN(value)) {
      result.fill(UNSEEN.gray, 3 * pixel, 3 * pixel + 3);
      return;
    }
    const at = 3 * tableIndex(positionIn(range, value, diverging));
    result.set(table.subarray(at, at + 3), 3 * pixel);
  });
  return result;
}

/** Strengths up to which a map is not seen at all, and from which on it has its full opacity. */
const [FAINT, FULL] = [0.04, 0.6];

/**
 * The map's opacity at every entry of the color table. Values near 0 leave the photo as it is, since a haze over all of it
 * would say that the model looked everywhere; from there on, it rises smoothly.
 */
function opacities(diverging: boolean, opacity: number): Float32Array {
  return Float32Array.from({ length: TABLE_SIZE }, (_, i) => {
    const t = i / (TABLE_SIZE - 1);
    const strength = diverging ? Math.abs(2 * t - 1) : t;
    const u = Math.min(Math.max((strength - FAINT) / (FULL - FAINT), 0), 1);
    return opacity * u * (2 - u);
  });
}
