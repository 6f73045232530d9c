import {
  COVERAGE,
  type ColorMapName,
  type MapRequest,
  type MeasuredMap,
  overlay,
  type Picture,
  pixelwiseOf,
  plain,
  type Range,
  type Rectangle,
  type Runtime,
  rangeOf,
} from "@limn/core";
import { usualColorsOf } from "@limn/node/internal";
import sharp from "sharp";
import { Evaluator, type Examined } from "../evaluation/evaluator.js";
import type { EvaluationRun } from "../evaluation/run.js";
import type { TableItem } from "../evaluation/table.js";
import type { Choice } from "./choices.js";
import { imageUrl } from "./image-url.js";

/** A picture of a report, and its maps; images are data: URLs. */
export interface ShownItem {
  readonly index: number;
  readonly picture: string;
  /** By the explained class, and the map's name. */
  readonly maps: ReadonlyMap<number, Readonly<Record<string, ShownMap>>>;
}

/** A drawn map. */
export interface ShownMap {
  readonly url: string;
  readonly colors: ColorMapName;
  /** What the ends of the colors stand for. */
  readonly range: Range;
}

/** A picture of the data set, and a class whose maps are wanted. */
export interface WantedMaps {
  readonly index: number;
  readonly target: number;
}

/** The maps that galleries ask for, each once. */
export function wantedMaps(choices: readonly Choice[], items: readonly TableItem[]): WantedMaps[] {
  const wanted = new Map<string, WantedMaps>();
  for (const { row, targets } of choices.flatMap(({ shown }) => shown)) {
    const { index } = items[row] as TableItem;
    for (const target of targets) wanted.set(`${index} ${target}`, { index, target });
  }
  return [...wanted.values()];
}

/** Width and height of a shown picture, in pixels: twice what is needed, for screens of double density. */
const SIDE = 224;

/**
 * Explains chosen pictures of an evaluation again, to show them.
 * @param requests the maps to show
 * @param wanted each once
 * @returns the pictures that can be shown, by index
 */
export async function shownItems(
  run: EvaluationRun,
  requests: readonly MapRequest[],
  wanted: readonly WantedMaps[],
  runtime: Runtime,
  onProgress?: (done: number) => void,
): Promise<Map<number, ShownItem>> {
  const { settings } = run;
  const shown = new Map<number, ShownItem>();
  if (wanted.length === 0) return shown;
  const evaluator = await Evaluator.open(
    { ...settings, maps: requests, curves: undefined, random: undefined, shattering: false, sanity: undefined },
    runtime,
    run,
  );
  try {
    for (let first = 0; first < wanted.length; first += settings.batch) {
      const some = wanted.slice(first, first + settings.batch);
      const targets = some.map(({ target }) => target);
      const examined = await evaluator.examine(
        some.map(({ index }) => index),
        targets,
      );
      for (const [i, target] of targets.entries()) {
        const { picture, view, maps = [] } = examined[i] as Examined;
        if (!picture || !view) continue;
        const { index } = some[i] as WantedMaps;
        const seen = await seenPart(picture, view);
        const known = shown.get(index) ?? { index, picture: await imageUrl(seen, SIDE, SIDE), maps: new Map() };
        shown.set(index, { ...known, maps: new Map([...known.maps, [target, await drawnMaps(seen, maps)]]) });
      }
      onProgress?.(first + some.length);
    }
  } finally {
    await evaluator.release();
  }
  return shown;
}

/** The part of a picture that the model sees, as a square of `SIDE` pixels. */
async function seenPart({ width, height, rgb }: Picture, view: Rectangle): Promise<Uint8Array> {
  const [left, top] = [Math.max(0, Math.round(view.x)), Math.max(0, Math.round(view.y))];
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract({
      left,
      top,
      width: Math.max(1, Math.min(width - left, Math.round(view.width))),
      height: Math.max(1, Math.min(height - top, Math.round(view.height))),
    })
    .resize(SIDE, SIDE, { fit: "fill" })
    .raw()
    .toBuffer();
}

async function drawnMaps(seen: Uint8Array, maps: readonly MeasuredMap[]): Promise<Record<string, ShownMap>> {
  const drawn: [string, ShownMap][] = [];
  for (const map of maps) drawn.push([map.request.output, await drawnMap(seen, map)]);
  return Object.fromEntries(drawn);
}

async function drawnMap(rgb: Uint8Array, { request, placed, size }: MeasuredMap): Promise<ShownMap> {
  const [height, width] = size;
  const colors = usualColorsOf(request);
  const range = rangeOf(placed, { signed: request.signed, coverage: COVERAGE });
  const small = await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer();
  const laid = pixelwiseOf(request) ? plain(placed, { colors, range }) : overlay(small, placed, { colors, range });
  const large = await sharp(laid, { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: "fill" })
    .raw()
    .toBuffer();
  return { url: await imageUrl(large, SIDE, SIDE), colors, range };
}
