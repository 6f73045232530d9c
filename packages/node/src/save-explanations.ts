import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { outputNames, stemOf } from "./file-names.js";
import { encodeNpy } from "./npy.js";
import type { PictureExplainer, PictureExplanation, PictureMap } from "./picture-explainer.js";
import { renderSheet, renderTile } from "./sheet/sheet.js";
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
  const several = explanations.length > 1;
  const sheet = formats.includes("png") ? await sheetOf(explainer, explanations) : undefined;
  const sheetPath = sheet && `${beginning}.sheet.png`;
  if (sheet && sheetPath) await writeFileAtomically(sheetPath, await renderSheet(sheet));

  const saved: SavedExplanation[] = [];
  for (const [e, explanation] of explanations.entries()) {
    const names = outputNames(explanation.maps.map(({ request }) => request.output));
    const maps: SavedMap[] = [];
    for (const [m, map] of explanation.maps.entries()) {
      const path = [beginning, ...(several ? [`class-${explanation.target.index}`] : []), names[m]].join(".");
      const files: string[] = [];
      const save = async (extension: string, content: string | Uint8Array) => {
        await writeFileAtomically(`${path}.${extension}`, content);
        files.push(`${path}.${extension}`);
      };
      const drawn = sheet?.rows[e]?.maps[m];
      if (sheet && drawn) await save("png", await renderTile(sheet, drawn));
      if (formats.includes("npy")) {
        await save("npy", encodeNpy(map.raw.shape, map.raw.values));
        const { data, width, height } = await explainer.place(map, explanation);
        await save("picture.npy", encodeNpy([height, width], data));
      }
      if (formats.includes("json")) await save("json", numbersOf(explanation, map));
      maps.push({ files });
    }
    saved.push({ maps, sheet: sheetPath });
  }
  return saved;
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
