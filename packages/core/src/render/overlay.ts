import { type ColorMapName, colorTable, isDiverging, TABLE_SIZE, tableIndex } from "./color-map.js";
import { positionIn, type Range } from "./normalize.js";

/** How a map is colored. */
export interface OverlayOptions {
  readonly colors: ColorMapName;
  readonly range: Range;
}

/** How much of its color and light the photo keeps under a map. */
const UNDER = { saturation: 0.3, light: 0.78 };
/** How much of its color and light the photo keeps where the model did not look. */
const UNSEEN = { saturation: 0, light: 0.35 };

/** The largest opacity of a map. */
const OPACITY = 0.92;

/**
 * Lays a map over a photo. The map's opacity grows with its value (for diverging colors, with the distance from 0), so that
 * the photo stays visible where the map shows nothing. Where the map is NaN, outside of what the model saw, the photo is
 * dark and gray.
 * @param rgb height * width * 3 bytes, row by row
 * @param values height * width, as `MapPlacer` gives them
 * @returns height * width * 3 bytes
 */
export function overlay(rgb: Uint8Array, values: Float32Array, { colors, range }: OverlayOptions): Uint8Array {
  const table = colorTable(colors);
  const diverging = isDiverging(colors);
  const alphas = opacities(diverging);
  const result = new Uint8ClampedArray(rgb.length);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const at = 3 * pixel;
    const value = values[pixel] as number;
    const seen = !Number.isNaN(value);
    const entry = seen ? tableIndex(positionIn(range, value, diverging)) : 0;
    const alpha = seen ? (alphas[entry] as number) : 0;
    const { saturation, light } = seen ? UNDER : UNSEEN;
    const luma = 0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
    for (let channel = 0; channel < 3; channel++) {
      const photo = light * (luma + saturation * ((rgb[at + channel] as number) - luma));
      result[at + channel] = (1 - alpha) * photo + alpha * (table[3 * entry + channel] as number);
    }
  }
  return new Uint8Array(result.buffer);
}

/** The map's opacity at every entry of the color table: steep at first, so that weak values are visible. */
function opacities(diverging: boolean): Float32Array {
  return Float32Array.from({ length: TABLE_SIZE }, (_, i) => {
    const t = i / (TABLE_SIZE - 1);
    const strength = diverging ? Math.abs(2 * t - 1) : t;
    return OPACITY * strength ** 0.7;
  });
}
