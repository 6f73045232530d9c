import { statSync } from "node:fs";
import { didYouMean, LimnError } from "@limn/core";
import { readClassFolders } from "./class-folders.js";
import { isCocoFolder, readCoco } from "./coco.js";
import type { DataSet } from "./data-set.js";
import { readManifest } from "./manifest.js";
import { sampleOf } from "./sample.js";
import { readScenes, SCENES } from "./scene-data.js";
import { isVocFolder, readVoc } from "./voc.js";

/** A data set as plain data: worker threads and other machines that are given it open the same one. */
export interface DataChoice {
  /** A path, or `scenes:` and how many. */
  readonly data: string;
  /** Default: recognized from what is there. */
  readonly format?: DataFormat;
  /** The part of the data, such as train or val, where the format has parts. Default: all. */
  readonly split?: string;
  /** How many pictures to choose at random. Default: all. */
  readonly sample?: number;
  /** The same seed chooses the same pictures. Default 0. */
  readonly seed?: number;
  /** The folder of the pictures that a manifest or COCO's annotations name. Default: looked for near the file. */
  readonly pictures?: string;
}

export type DataFormat = "folders" | "manifest" | "coco" | "voc" | "scenes";

const READERS = {
  folders: readClassFolders,
  manifest: readManifest,
  coco: readCoco,
  voc: readVoc,
  scenes: readScenes,
} as const satisfies Record<DataFormat, (choice: DataChoice) => DataSet | Promise<DataSet>>;

export const DATA_FORMATS = Object.keys(READERS) as readonly DataFormat[];

/** What a path has to be. */
const FOLDER = new Set<DataFormat>(["folders", "voc"]);

/**
 * Opens labeled pictures: a folder with a folder for each class, a manifest (.csv, .jsonl), COCO JSON or the folder it is
 * in, a folder as of PASCAL VOC, or `scenes:1000`. Pictures are read when they are asked for.
 * @throws LimnError `bad-input` where the data can't be read, naming the file and line; `bad-option` for an unknown
 * format or split, and a sample that is no number
 */
export async function openData(choice: DataChoice): Promise<DataSet> {
  const { data, sample, seed = 0 } = choice;
  const format = choice.format ?? formatOf(data);
  if (!(format in READERS)) {
    throw new LimnError(
      "bad-option",
      `format "${format}": there is no such format; ${didYouMean(format, DATA_FORMATS)}`,
    );
  }
  if (format === "scenes") checkScenes(choice);
  else checkPath(data, format);
  const set = await READERS[format](choice);
  return sample === undefined ? set : sampleOf(set, sample, seed);
}

function formatOf(data: string): DataFormat {
  if (data.startsWith(SCENES)) return "scenes";
  if (kindOf(data) === "folder") return isVocFolder(data) ? "voc" : isCocoFolder(data) ? "coco" : "folders";
  const [, extension = ""] = /\.([^./\\]+)$/.exec(data) ?? [];
  if (/^(csv|jsonl|ndjson)$/i.test(extension)) return "manifest";
  if (/^json$/i.test(extension)) return "coco";
  throw new LimnError(
    "bad-input",
    `${data}: no data set that can be read; give a folder, a manifest (.csv, .jsonl), COCO annotations (.json) or scenes:1000`,
  );
}

function kindOf(path: string): "folder" | "file" {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats) return stats.isDirectory() ? "folder" : "file";
  const advice = path === "scenes" ? "scenes are drawn by number, such as scenes:1000" : "check the path";
  throw new LimnError("bad-input", `${path}: there is no such file or folder; ${advice}`);
}

function checkPath(data: string, format: DataFormat): void {
  const kind = kindOf(data);
  const fits = format === "coco" || (kind === "folder") === FOLDER.has(format);
  if (!fits)
    throw new LimnError("bad-input", `${data}: is a ${kind}, which the format ${format} is not; check the path`);
}

function checkScenes({ data, split }: DataChoice): void {
  if (!data.startsWith(SCENES)) {
    throw new LimnError("bad-option", `${data}: scenes are drawn by number; give scenes:1000`);
  }
  if (split !== undefined) {
    throw new LimnError("bad-option", `split "${split}": scenes have no parts; draw others with another seed`);
  }
}
