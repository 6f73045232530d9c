import {
  COVERAGE,
  type ColorMapName,
  type CompiledMap,
  isDiverging,
  type Line,
  outlineOf,
  overlay,
  type Picture,
  pixelwiseOf,
  plain,
  type Range,
  rangeOf,
  usualColors,
} from "@limn/core";
import type { PictureExplainer, PictureExplanation, PictureMap } from "../picture-explainer.js";
import type { Look } from "./look.js";

/** A map as people see it, in the pixels of its picture. */
export interface DrawnMap {
  /** height * width * 3 bytes */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  /** What the ends of the colors stand for. */
  readonly range: Range;
  /** Around the smallest region that holds half of the map's positive values; of maps over the photo only, and if it is not scattered. */
  readonly outline: readonly Line[];
  /** Whether it was smoothed for show. */
  readonly smoothed: boolean;
}

/** A map, and the explanation that it belongs to. */
export interface ExplainedMap {
  readonly explanation: PictureExplanation;
  readonly map: PictureMap;
}

/**
 * Draws a map: what says something of single pixels on a plain ground, everything else over the picture.
 * @param picture the explained picture, in the size in which it is drawn
 * @param peers maps of the same method, with whose values it shares its scale if the look says so
 */
export async function drawnMap(
  explainer: PictureExplainer,
  shown: ExplainedMap,
  picture: Picture,
  look: Look = {},
  peers: readonly ExplainedMap[] = [shown],
): Promise<DrawnMap> {
  const { signed, definition } = shown.map.request;
  const pixelwise = pixelwiseOf(shown.map.request);
  const smooth = look.smooth ?? pixelwise?.smooth ?? 0;
  const colors = (look.colormap as ColorMapName | undefined) ?? usualColorsOf(shown.map.request);
  const grid = await explainer.smoothed(shown.map, smooth);
  const values = [grid.data];
  const others = look.scale === "shared" ? peers.filter(({ map }) => map !== shown.map) : [];
  for (const { map } of others) values.push((await explainer.smoothed(map, smooth)).data);
  const range = rangeFor(values, { signed: signed || isDiverging(colors), floating: definition.floating }, look);
  const { data: drawn } = await explainer.draw(grid, shown.explanation, picture);
  const data = shown.map.diagnosis ? silent(drawn) : drawn;
  if (pixelwise) return { rgb: plain(data, { colors, range }), colors, range, outline: [], smoothed: smooth > 0 };
  const { opacity } = look;
  const rgb = overlay(picture.rgb, data, { colors, range, ...(opacity === undefined ? {} : { opacity }) });
  return { rgb, colors, range, outline: outlineOf(data, picture.width, range), smoothed: smooth > 0 };
}

/** The colors of a map, unless they are chosen. The difference of two maps has the ground of these: dark, if they have one sign. */
export const usualColorsOf = (request: CompiledMap): ColorMapName =>
  usualColors(request.signed, pixelwiseOf(request) !== undefined && request.definition.signed(request.options));

function rangeFor(
  values: readonly Float32Array[],
  { signed, floating = false }: { signed: boolean; floating: boolean | undefined },
  { scale = "own" }: Look,
): Range {
  const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  values.reduce((at, some) => {
    all.set(some, at);
    return at + some.length;
  }, 0);
  const own = rangeOf(all, { signed, floating, coverage: scale === "full" ? 1 : COVERAGE });
  if (typeof scale !== "number") return own;
  return { low: signed ? -scale : 0, high: scale, clipped: rangeOf(all, { signed, floating }).high > scale };
}

/** The same shape with nothing to show: zero where the model looked. */
const silent = (values: Float32Array): Float32Array => values.map((v) => (Number.isNaN(v) ? v : 0));
