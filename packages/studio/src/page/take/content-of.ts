import type { MapWish, StudioMap } from "../../engine/engine.js";
import { differenceOf } from "../maps/difference.js";
import { tellingMap } from "../maps/made-map.js";
import { keyOf } from "../maps/map-job.js";
import { partOf } from "../maps/zoomed.js";
import { colorsOf, type PaintedMap, scaleOf } from "../paint/paint.js";
import { painter } from "../paint/painter.js";
import { stopsOf } from "../paint/stops.js";
import { inOrder } from "../sheet/in-order.js";
import type { StudioModel } from "../store/model.js";
import { labelOf } from "../store/question.js";
import { sheetPhotos } from "../store/sheet.js";
import type { Shown } from "../store/shown.js";
import type { Studio } from "../store/studio.js";
import { certaintyOf } from "../words/certainty.js";
import { methodName } from "../words/map-name.js";
import { brief } from "../words/numbers.js";
import type { PageContent } from "./page-html.js";
import { terminalLine, typescriptLines } from "./recipe.js";
import { recipesOf } from "./recipe-of.js";
import type { SheetTile } from "./sheet-svg.js";

/** The width of a picture of a sheet, in pixels. */
const WIDTH = 880;

/** The width of a photo of a contact sheet, in pixels. */
const SHEET_WIDTH = 208;

/** How many classes a page lists. */
const LISTED = 10;

/** A map that is made, with what it is of. */
export interface MadeMap {
  readonly name: string;
  readonly map: StudioMap;
}

/** The map that belongs to something shown; undefined if it is not made. */
function mapOf(
  { maps, photo }: Studio,
  model: StudioModel | undefined,
  wish: MapWish,
  target: number,
): StudioMap | undefined {
  if (!model || !photo) return undefined;
  return tellingMap(maps.get(keyOf({ model: model.handle, picture: photo.handle }, model.revision, wish, target)));
}

/** The maps that are shown, with names that files can have. */
export const madeMaps = (studio: Studio): readonly MadeMap[] =>
  studio.shown.flatMap((one) => {
    if (one.kind !== "map") return [];
    const model = one.by ? studio.other : studio.model;
    const map = mapOf(studio, model, one.wish, one.target);
    if (!map) return [];
    const words = [one.by && model?.name, labelOf(model, one.target), one.wish.method, one.wish.layer].filter(Boolean);
    return [{ name: words.join(".").replace(/[^\p{L}\p{N}.]+/gu, "-"), map }];
  });

/** All that a sheet or a page says of what the studio shows; undefined if it shows no map. */
export async function contentOf(studio: Studio): Promise<PageContent | undefined> {
  const { model, photo, classification, shown } = studio;
  if (studio.view === "sheet") return sheetContent(studio);
  const recipes = recipesOf(studio);
  if (!model || !photo || !classification || recipes.length === 0) return undefined;
  const models = [
    model,
    ...(shown.some((one) => one.kind === "models" || (one.kind === "map" && one.by)) && studio.other
      ? [studio.other]
      : []),
  ];
  const targets = [...new Set(shown.flatMap((one) => (one.kind === "map" && !one.by ? [one.target] : [])))];
  const names = targets.map((target) => labelOf(model, target));
  const certainty = (target: number) => certaintyOf(model, classification.probabilities[target] as number);
  const tiles: SheetTile[] = [];
  for (const one of shown) {
    const tile = await tileOf(studio, one, { manyClasses: targets.length > 1, manyModels: models.length > 1 });
    if (tile) tiles.push(tile);
  }
  return {
    title: `Why ${names.join(", ")}?`,
    subtitle: `${photo.name} by ${models.map(({ name }) => name).join(" and ")}: ${targets.map((target, i) => `${names[i]} ${certainty(target)}`).join(", ")}`,
    shape: photo.picture.width / photo.picture.height,
    tiles,
    classes: classification.ranked.slice(0, LISTED).map((target) => ({
      name: labelOf(model, target),
      certainty: certainty(target),
      share: Math.min(Math.max(classification.probabilities[target] as number, 0), 1),
    })),
    terminal: recipes.map(terminalLine).join("\n"),
    typescript: typescriptLines(recipes),
    facts: [
      ...models.map(({ name, handle }) => `${name}, SHA-256 ${handle}`),
      `${photo.name}, ${photo.picture.width} x ${photo.picture.height} pixels`,
      `Limn ${studio.about?.version ?? ""}`,
    ],
  };
}

/** The contact sheet, in the order in which it is looked at. */
async function sheetContent(studio: Studio): Promise<PageContent | undefined> {
  const { model, glances, sheetOrder } = studio;
  const recipes = recipesOf(studio);
  if (!model || recipes.length === 0) return undefined;
  const tiles: SheetTile[] = [];
  for (const { key, name } of inOrder(sheetPhotos(studio), glances, sheetOrder)) {
    const glance = glances.get(key);
    if (!glance || !("image" in glance)) continue;
    const image = await urlOf(await (await fetch(glance.image)).blob());
    tiles.push({
      name: labelOf(model, glance.target),
      note: certaintyOf(model, glance.probability),
      image,
      scale: undefined,
      title: name,
    });
  }
  if (tiles.length === 0) return undefined;
  const method = methodName(recipes[0]?.wishes[0]?.method ?? "");
  return {
    title: `What ${model.name} says`,
    subtitle: `${tiles.length} photos, each with the class that it is taken for and ${method} for it`,
    shape: 1,
    tile: { width: SHEET_WIDTH, columns: Math.ceil(Math.sqrt(1.4 * tiles.length)) },
    tiles,
    classes: [],
    terminal: recipes.map(terminalLine).join("\n"),
    typescript: typescriptLines(recipes),
    facts: [`${model.name}, SHA-256 ${model.handle}`, `Limn ${studio.about?.version ?? ""}`],
  };
}

/** What a picture has to say of itself, since its neighbors differ in it. */
interface Differing {
  readonly manyClasses: boolean;
  readonly manyModels: boolean;
}

async function tileOf(
  studio: Studio,
  one: Shown,
  { manyClasses, manyModels }: Differing,
): Promise<SheetTile | undefined> {
  const { photo, model: open, other, opacity, threshold, colors } = studio;
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
  const model = one.kind === "map" && one.by ? other : open;
  const map = mapOf(studio, model, one.wish, one.target);
  const second =
    one.kind === "difference"
      ? mapOf(studio, open, one.wish, one.other)
      : one.kind === "models"
        ? mapOf(studio, other, one.otherWish, one.otherTarget)
        : undefined;
  const drawn = one.kind === "map" ? map : map && second && differenceOf(map, second);
  if (!map || !drawn) return undefined;
  const method = methodName(one.wish.method);
  const label = labelOf(model, one.target);
  const parts = [manyModels && model?.name, (manyClasses || manyModels) && label, method].filter(Boolean);
  const names = {
    map: parts.join(", "),
    difference: one.kind === "difference" ? `${label} − ${labelOf(model, one.other)}` : "",
    models: `${open?.name} − ${other?.name}`,
  };
  const { low, high, clipped } = scaleOf(drawn, brush);
  return {
    name: names[one.kind],
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
