import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { outputNames, stemOf } from "./file-names.js";
import { encodeNpy } from "./npy.js";
import type { PictureExplainer, PictureExplanation, PictureMap } from "./picture-explainer.js";
import { renderSheet, renderTile, type SheetMap, type SheetPicture } from "./sheet/sheet.js";
import { sheetOf } from "./sheet/sheet-of.js";
import { writeFileAtomically } from "./write-file.js";

/** `png`: a comparison sheet and one picture a map; `npy`: raw maps, and maps on the picture's pixels; `json`: numbers. */
export const FORMATS = ["png", "npy", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface SaveOptions {
  /** Made where it is missing. */
  readonly folder: string;
  readonly formats: readonly Format[];
  /** What the files' names begin with; default: the picture's name without its extension. See `uniqueStems`. */
  readonly stem?: string;
}

export interface SavedMap {
  /** Paths of what was written for the map, the most telling first. */
  readonly files: readonly string[];
}

export interface SavedExplanation {
  readonly maps: readonly SavedMap[];
  /** The sheet that all classes of the picture share. */
  readonly sheet: string | undefined;
}

/**
 * Writes the explanations of one picture, one per target. Every file is written whole or not at all.
 * @throws LimnError `output` where the folder or a file can't be written
 */
export async function saveExplanations(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
  { folder, formats, stem }: SaveOptions,
): Promise<SavedExplanation[]> {
  const [first] = explanations;
  if (!first) return [];
  await makeFolder(folder);
  const beginning = join(folder, stem ?? stemOf(first.path));
  const sheet = formats.includes("png") ? await sheetOf(explainer, explanations) : undefined;
  const sheetPath = sheet && `${beginning}.sheet.png`;

  const saveMaps = async (): Promise<SavedMap[][]> => {
    const saved: SavedMap[][] = [];
    for (const [e, explanation] of explanations.entries()) {
      const start = explanations.length > 1 ? `${beginning}.class-${explanation.target.index}` : beginning;
      const names = outputNames(explanation.maps.map(({ request }) => request.output));
      const maps: SavedMap[] = [];
      for (const [m, map] of explanation.maps.entries()) {
        const drawn = sheet?.rows[e]?.maps[m];
        const files: string[] = [];
        for await (const [extension, content] of filesOf(explainer, explanation, map, formats, sheet, drawn)) {
          const path = `${start}.${names[m]}.${extension}`;
          await writeFileAtomically(path, content);
          files.push(path);
        }
        maps.push({ files });
      }
      saved.push(maps);
    }
    return saved;
  };
  // to compress the sheet takes as long as all the rest, on another thread
  const saveSheet = async () => {
    if (sheet && sheetPath) await writeFileAtomically(sheetPath, await renderSheet(sheet));
  };
  const [saved] = await Promise.all([saveMaps(), saveSheet()]);
  return saved.map((maps) => ({ maps, sheet: sheetPath }));
}

/** What is written of one map, with the extensions that tell its files apart, one after the other. */
async function* filesOf(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  map: PictureMap,
  formats: readonly Format[],
  sheet: SheetPicture | undefined,
  drawn: SheetMap | undefined,
): AsyncGenerator<readonly [extension: string, content: string | Uint8Array]> {
  if (sheet && drawn) yield ["png", await renderTile(sheet, drawn)];
  if (formats.includes("npy")) {
    yield ["npy", encodeNpy(map.raw.shape, map.raw.values)];
    const { data, width, height } = await explainer.place(map, explanation);
    yield ["picture.npy", encodeNpy([height, width], data)];
  }
  if (formats.includes("json")) yield ["json", numbersOf(explanation, map)];
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "EEXIST" || code === "ENOTDIR"
        ? "there is a file of this name, so the folder can't be made"
        : `the folder can't be made (${code})`;
    throw new LimnError("output", `${folder}: ${reason}; choose another folder for the results`, { cause: error });
  }
}

function numbersOf(
  { path, prediction, target, view }: PictureExplanation,
  { request, raw, diagnosis }: PictureMap,
): string {
  const { method, name, layer, options } = request;
  const document = {
    image: path,
    prediction,
    target,
    view,
    method,
    name,
    layer: layer ?? null,
    options,
    shape: raw.shape,
    values: Array.from(raw.values),
    diagnosis: diagnosis ?? null,
  };
  return `${JSON.stringify(document)}\n`;
}
