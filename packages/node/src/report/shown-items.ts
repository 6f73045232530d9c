import { type ColorMapName, type MeasuredMap, overlay, type Runtime, rangeOf } from "@limn/core";
import sharp from "sharp";
import { COVERAGE } from "../../sheet/sheet-of.js";
import { Evaluator, type Examined } from "../evaluator.js";
import type { EvaluationRun } from "../run.js";

/** A picture of the report with its maps, as data: URLs. */
export interface ShownItem {
  readonly index: number;
  readonly picture: string;
  /** By map. */
  readonly maps: Readonly<Record<string, string>>;
}

/** Side of a shown picture in pixels, for screens of double density. */
const SIDE = 224;

/**
 * Explains chosen pictures of an evaluation again, to show them.
 * @param indices each once
 * @returns those that can be shown, by index
 */
export async function shownItems(
  run: EvaluationRun,
  indices: readonly number[],
  runtime: Runtime,
  onProgress?: (done: number) => void,
): Promise<Map<number, ShownItem>> {
  const { settings } = run;
  const shown = new Map<number, ShownItem>();
  if (indices.length === 0) return shown;
  const evaluator = await Evaluator.open(
    { ...settings, curves: undefined, shattering: false, sanity: undefined },
    runtime,
    run,
  );
  try {
    for (let first = 0; first < indices.length; first += settings.batch) {
      for (const examined of await evaluator.examine(indices.slice(first, first + settings.batch))) {
        const item = await drawn(examined);
        if (item) shown.set(item.index, item);
      }
      onProgress?.(Math.min(first + settings.batch, indices.length));
    }
  } finally {
    await evaluator.release();
  }
  return shown;
}

async function drawn({ record, picture, view, maps = [] }: Examined): Promise<ShownItem | undefined> {
  if (!picture || !view) return undefined;
  const { width, height, rgb } = picture;
  const [left, top] = [Math.max(0, Math.round(view.x)), Math.max(0, Math.round(view.y))];
  const whole = sharp(rgb, { raw: { width, height, channels: 3 } });
  const seen = await whole
    .extract({
      left,
      top,
      width: Math.max(1, Math.min(width - left, Math.round(view.width))),
      height: Math.max(1, Math.min(height - top, Math.round(view.height))),
    })
    .resize(SIDE, SIDE, { fit: "fill" })
    .raw()
    .toBuffer();
  const drawnMaps: [string, string][] = [];
  for (const map of maps) drawnMaps.push([map.request.output, await urlOf(await laidOver(seen, map))]);
  return { index: record.index, picture: await urlOf(seen), maps: Object.fromEntries(drawnMaps) };
}

async function laidOver(rgb: Uint8Array, { request, placed, size: [height, width] }: MeasuredMap): Promise<Uint8Array> {
  const colors: ColorMapName = request.signed ? "aurora" : "ember";
  const range = rangeOf(placed, { signed: request.signed, coverage: COVERAGE });
  const small = await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer();
  const laid = overlay(small, placed, { colors, range });
  return sharp(laid, { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: "fill" })
    .raw()
    .toBuffer();
}

async function urlOf(rgb: Uint8Array): Promise<string> {
  const bytes = await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .webp({ quality: 78 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString("base64")}`;
}
