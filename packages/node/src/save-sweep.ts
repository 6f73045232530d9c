import { join } from "node:path";
import { stemOf } from "./file-names.js";
import type { PictureExplainer } from "./picture-explainer.js";
import { renderSweepSheet } from "./sheet/sweep-sheet.js";
import { sweepSheetOf } from "./sheet/sweep-sheet-of.js";
import type { DepthSweep } from "./sweep.js";
import { makeFolder, writeFileAtomically } from "./write-file.js";

export interface SaveSweepOptions {
  /** Where the sheet is written. It is made if it is missing. */
  readonly folder: string;
  /** The object that maps were to find, as `sweepOf` took it; the sheet shows where it is. */
  readonly object?: Uint8Array | undefined;
}

/**
 * Writes the sheet of a depth sweep, whole or not at all: a block per class, a row per method, a column per stage.
 * @returns the path of the PNG file
 * @throws LimnError `output` if the folder or the file can't be written
 */
export async function saveSweep(
  explainer: PictureExplainer,
  sweep: DepthSweep,
  { folder, object }: SaveSweepOptions,
): Promise<string> {
  const [first] = sweep.blocks;
  if (!first) throw new Error("a sweep without a class");
  const path = join(folder, `${stemOf(first.explanation.path)}.sweep.png`);
  await makeFolder(folder);
  await writeFileAtomically(path, await renderSweepSheet(await sweepSheetOf(explainer, sweep, object)));
  return path;
}
