import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { encodeNpy, LimnError } from "@limn/core";
import { contrastOf } from "./contrast.js";
import { outputNames, stemOf } from "./file-names.js";
import type { LabeledClass, PictureExplainer, PictureExplanation, PictureMap } from "./picture-explainer.js";
import { Drawing, PICTURE_FORMATS, type PictureFormat } from "./sheet/drawing.js";
import { drawnMap } from "./sheet/drawn-map.js";
import { checkLook, type Look } from "./sheet/look.js";
import { renderSheet, renderTile, type SheetMap } from "./sheet/sheet.js";
import { type DrawnExplanations, sheetOf } from "./sheet/sheet-of.js";
import { writeFileAtomically } from "./write-file.js";

/**
 * `png`, `webp`, `svg`: a sheet with all maps, and a card of each; `overlay`: each map on the picture, in its size and
 * without words, in the picture formats that are named with it, or PNG alone instead of a sheet; `npy`: raw maps, and maps
 * on the picture's pixels; `json`: numbers.
 */
export const FORMATS = [...PICTURE_FORMATS, "overlay", "npy", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface SaveOptions {
  /** Where the files are written. It is made if it is missing. */
  readonly folder: string;
  readonly formats: readonly Format[];
  /** What the files' names begin with. Default: the picture's name without its extension. See `uniqueStems`. */
  readonly stem?: string;
  /** How maps are shown in pictures. */
  readonly look?: Look;
}

export interface SavedMap {
  /** Paths of the files that were written for the map, in the order of `FORMATS`. */
  readonly files: readonly string[];
}

/** What was written for one class. */
export interface SavedExplanation {
  readonly maps: readonly SavedMap[];
  /** Path of the sheet, which all classes of the picture share; of several formats, the first. Undefined if there is none. */
  readonly sheet: string | undefined;
  /** The differences of two classes' maps, which both classes share; undefined for one class, or more than two. */
  readonly contrast: readonly SavedMap[] | undefined;
}

/**
 * Writes the explanations of one picture, one per target, and for two targets the differences of their maps. Every
 * file is written whole or not at all.
 * @param explanations of one picture, as `explainer.explain` gave them
 * @returns what was written, one entry per explanation
 * @throws LimnError `output` if the folder or a file can't be written; `bad-option` for a look that can't be drawn
 * @example
 * const explanations = await explainer.explain("cat.jpg");
 * const [{ sheet }] = await saveExplanations(explainer, explanations, { folder: "limn-out", formats: ["png", "npy"] });
 */
export async function saveExplanations(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
  { folder, formats, stem, look = {} }: SaveOptions,
): Promise<SavedExplanation[]> {
  const [first] = explanations;
  if (!first) return [];
  checkLook(look);
  await makeFolder(folder);
  const beginning = join(folder, stem ?? stemOf(first.path));
  const pictures = PICTURE_FORMATS.filter((format) => formats.includes(format));
  const drawn = pictures.length > 0 ? await sheetOf(explainer, explanations, look) : undefined;
  const sheetPath = (format: PictureFormat) => `${beginning}.sheet.${format}`;

  const contrast = contrastOf(explanations);
  // in the order of the sheet's rows
  const sets: MapSet[] = explanations.map((explanation) => {
    const start = explanations.length > 1 ? `${beginning}.${wordOf(explanation.target)}` : beginning;
    return { explanation, maps: explanation.maps, pathOf: (name) => `${start}.${name}` };
  });
  if (contrast) {
    const { maps, second } = contrast;
    sets.push({ explanation: first, maps, against: second.target, pathOf: (name) => `${beginning}.${name}.contrast` });
  }

  const saveMaps = async (): Promise<SavedMap[][]> => {
    const saved: SavedMap[][] = [];
    for (const [s, set] of sets.entries()) {
      const names = outputNames(set.maps.map(({ request }) => request.output));
      const maps: SavedMap[] = [];
      for (const [m, map] of set.maps.entries()) {
        const card = drawn && { ...drawn, map: drawn.maps[s]?.[m] as SheetMap };
        const files: string[] = [];
        for await (const [extension, content] of filesOf(explainer, set, map, { formats, look, card })) {
          const path = `${set.pathOf(names[m] as string)}.${extension}`;
          await writeFileAtomically(path, content);
          files.push(path);
        }
        maps.push({ files });
      }
      saved.push(maps);
    }
    return saved;
  };
  // the sheet is compressed on another thread, which takes as long as all the rest
  const saveSheet = async () => {
    if (!drawn) return;
    for (const format of pictures) await writeFileAtomically(sheetPath(format), await renderSheet(drawn.sheet, format));
  };
  const [saved] = await Promise.all([saveMaps(), saveSheet()]);
  return saved
    .slice(0, explanations.length)
    .map((maps) => ({ maps, sheet: pictures[0] && sheetPath(pictures[0]), contrast: contrast && saved.at(-1) }));
}

/** Maps that are saved alike. */
interface MapSet {
  /** The picture that they are laid on. */
  readonly explanation: PictureExplanation;
  readonly maps: readonly PictureMap[];
  /** The class that a contrast is against. */
  readonly against?: LabeledClass;
  /** The path of a map's files, without their extensions. */
  readonly pathOf: (name: string) => string;
}

/** What is written of a map. */
interface Wanted {
  readonly formats: readonly Format[];
  readonly look: Look;
  /** The map as it is on the sheet, for cards. */
  readonly card: (Pick<DrawnExplanations, "picture"> & { readonly map: SheetMap }) | undefined;
}

/** The files of one map, one after the other: their extensions and contents. */
async function* filesOf(
  explainer: PictureExplainer,
  { explanation, against }: MapSet,
  map: PictureMap,
  { formats, look, card }: Wanted,
): AsyncGenerator<readonly [extension: string, content: string | Uint8Array]> {
  const pictures = PICTURE_FORMATS.filter((format) => formats.includes(format));
  if (card) for (const format of pictures) yield [format, await renderTile(card.picture, card.map, format)];
  if (formats.includes("overlay")) {
    const { picture } = explanation;
    const { rgb } = await drawnMap(explainer, { explanation, map }, picture, look);
    const bare = new Drawing(picture.width, picture.height);
    bare.pixels(rgb, picture.width, picture.height, 0, 0);
    for (const format of pictures.length > 0 ? pictures : (["png"] as const)) {
      yield [`overlay.${format}`, await bare.encoded(format)];
    }
  }
  if (formats.includes("npy")) {
    yield ["npy", encodeNpy(map.raw.shape, map.raw.values)];
    const { data, width, height } = await explainer.place(map, explanation);
    yield ["picture.npy", encodeNpy([height, width], data)];
  }
  if (formats.includes("json")) yield ["json", numbersOf(explanation, map, against)];
}

/** What a file's name says of the explained class, or of the combination. */
function wordOf({ index, combination }: LabeledClass): string {
  if (!combination) return `class-${index}`;
  return combination.kind === "difference"
    ? `class-${index}-minus-${combination.other}`
    : `${combination.kind}-${index}`;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "EEXIST" || code === "ENOTDIR"
        ? "there is a file of this name where the folder would be"
        : `the folder can't be made (${code})`;
    throw new LimnError("output", `${folder}: ${reason}; choose another folder for the results`, { cause: error });
  }
}

function numbersOf(
  { path, prediction, target, view }: PictureExplanation,
  { request, raw, diagnosis, caution }: PictureMap,
  against: LabeledClass | undefined,
): string {
  const { method, name, layer, options } = request;
  const document = {
    image: path,
    prediction,
    target,
    ...(against ? { against } : {}),
    view,
    method,
    name,
    layer: layer ?? null,
    options,
    shape: raw.shape,
    values: Array.from(raw.values),
    diagnosis: diagnosis ?? null,
    ...(caution && { caution: caution.message }),
  };
  return `${JSON.stringify(document)}\n`;
}
