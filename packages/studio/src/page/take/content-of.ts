import type { StudioMap } from "../../engine/engine.js";
import { differenceOf } from "../maps/difference.js";
import { keyOf } from "../maps/map-job.js";
import { partOf } from "../maps/zoomed.js";
import { colorsOf, type PaintedMap, scaleOf } from "../paint/paint.js";
import { painter } from "../paint/painter.js";
import { stopsOf } from "../paint/stops.js";
import { labelOf } from "../store/question.js";
import type { Shown } from "../store/shown.js";
import type { Studio } from "../store/studio.js";
import { certaintyOf } from "../words/certainty.js";
import { methodName } from "../words/map-name.js";
import { brief } from "../words/numbers.js";
import type { PageContent } from "./page-html.js";
import { terminalLine, typescriptLines } from "./recipe.js";
import { recipeOf } from "./recipe-of.js";
import type { SheetTile } from "./sheet-svg.js";

/** The width of a picture of a sheet, in pixels. */
const WIDTH = 880;

/** How many classes a page lists. */
const LISTED = 10;

/** A map that is made, with what it is of. */
export interface MadeMap {
  readonly name: string;
  readonly map: StudioMap;
}

/** The map that belongs to something shown; undefined if it is not made. */
function mapOf(
  { maps, model, photo }: Studio,
  wish: Parameters<typeof keyOf>[2],
  target: number,
): StudioMap | undefined {
  if (!model || !photo) return undefined;
  const found = maps.get(keyOf({ model: model.handle, picture: photo.handle }, model.revision, wish, target));
  return found && "grid" in found && !found.blank ? found : undefined;
}

/** The maps that are shown, with names that files can have. */
export const madeMaps = (studio: Studio): readonly MadeMap[] =>
  studio.shown.flatMap((one) => {
    const map = one.kind === "map" ? mapOf(studio, one.wish, one.target) : undefined;
    if (one.kind !== "map" || !map) return [];
    const words = [labelOf(studio.model, one.target), one.wish.method, one.wish.layer].filter(Boolean);
    return [{ name: words.join(".").replace(/[^\p{L}\p{N}.]+/gu, "-"), map }];
  });

/** All that a sheet or a page says of what the studio shows; undefined if it shows no map. */
export async function contentOf(studio: Studio): Promise<PageContent | undefined> {
  const { model, photo, classification, shown } = studio;
  const recipe = recipeOf(studio);
  if (!model || !photo || !classification || !recipe) return undefined;
  const targets = [...new Set(shown.flatMap((one) => (one.kind === "map" ? [one.target] : [])))];
  const names = targets.map((target) => labelOf(model, target));
  const certainty = (target: number) => certaintyOf(model, classification.probabilities[target] as number);
  const tiles: SheetTile[] = [];
  for (const one of shown) {
    const tile = await tileOf(studio, one, targets.length > 1);
    if (tile) tiles.push(tile);
  }
  return {
    title: `Why ${names.join(", ")}?`,
    subtitle: `${photo.name} by ${model.name}: ${targets.map((target, i) => `${names[i]} ${certainty(target)}`).join(", ")}`,
    shape: photo.picture.width / photo.picture.height,
    tiles,
    classes: classification.ranked.slice(0, LISTED).map((target) => ({
      name: labelOf(model, target),
      certainty: certainty(target),
      share: Math.min(Math.max(classification.probabilities[target] as number, 0), 1),
    })),
    terminal: terminalLine(recipe),
    typescript: typescriptLines(recipe),
    facts: [
      `${model.name}, SHA-256 ${model.handle}`,
      `${photo.name}, ${photo.picture.width} x ${photo.picture.height} pixels`,
      `Limn ${studio.about?.version ?? ""}`,
    ],
  };
}

async function tileOf(studio: Studio, one: Shown, manyClasses: boolean): Promise<SheetTile | undefined> {
  const { photo, model, opacity, threshold, colors } = studio;
  if (!photo) return undefined;
  const brush = { opacity, threshold, colors };
  const imageOf = async (map: PaintedMap | undefined): Promise<string> => {
    const { picture } = photo;
    const [width, height] = [WIDTH, Math.round((WIDTH * picture.height) / picture.width)];
    const part = partOf(picture, studio.zoom);
    const bitmap = await painter.paint({ photo: photo.handle, part, width, height, map, brush, unit: 2 }, picture);
    return bitmap ? dataUrlOf(bitmap) : "";
  };
  if (one.kind === "photo") {
    const note = `${photo.picture.width} x ${photo.picture.height}`;
    return { name: photo.name, note, image: await imageOf(undefined), scale: undefined };
  }
  const map = mapOf(studio, one.wish, one.target);
  const other = one.kind === "difference" ? mapOf(studio, one.wish, one.other) : undefined;
  const drawn = one.kind === "map" ? map : map && other && differenceOf(map, other);
  if (!map || !drawn) return undefined;
  const method = methodName(one.wish.method);
  const label = labelOf(model, one.target);
  const { low, high, clipped } = scaleOf(drawn, brush);
  return {
    name:
      one.kind === "difference"
        ? `${label} − ${labelOf(model, one.other)}`
        : manyClasses
          ? `${label}, ${method}`
          : method,
    note: one.wish.layer ?? "",
    image: await imageOf(drawn),
    scale: { low: brief(low), high: `${clipped ? "> " : ""}${brief(high)}`, colors: stopsOf(colorsOf(drawn, brush)) },
  };
}

async function dataUrlOf(bitmap: ImageBitmap): Promise<string> {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  return urlOf(await canvas.convertToBlob({ type: "image/png" }));
}

/** A file as a data: URL. */
export const urlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
