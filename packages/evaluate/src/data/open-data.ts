import { statSync } from "node:fs";
import { didYouMean, LimnError } from "@limn/core";
import type { FindModelOptions } from "@limn/node";
import { readClassFolders } from "./class-folders.js";
import { isCocoFolder, readCoco } from "./coco.js";
import type { DataChoice, DataFormat, LocalData } from "./data-choice.js";
import type { DataSet } from "./data-set.js";
import { isAddress } from "./location.js";
import { readManifest } from "./manifest.js";
import { fetchAnnotations } from "./remote-files.js";
import { sampleOf } from "./sample.js";
import { readScenes, SCENES } from "./scene-data.js";
import { isVocFolder, readVoc } from "./voc.js";

const READERS = {
  folders: readClassFolders,
  manifest: readManifest,
  coco: readCoco,
  voc: readVoc,
  scenes: readScenes,
} as const satisfies Record<DataFormat, (choice: LocalData) => DataSet | Promise<DataSet>>;

export const DATA_FORMATS = Object.keys(READERS) as readonly DataFormat[];

/** Formats whose data is a folder. */
const FOLDER = new Set<DataFormat>(["folders", "voc"]);

/**
 * Opens labeled pictures: a folder with a folder for each class, a manifest (.csv, .jsonl), COCO JSON or the folder it is
 * in, a PASCAL VOC folder, or `scenes:1000`. A manifest or COCO JSON may be at an address; then its pictures are downloaded
 * into Limn's cache. Pictures are read only when they are opened.
 * @param progress called while annotations are downloaded
 * @throws LimnError `bad-input` if the data can't be read, naming the file and line; `bad-option` for an unknown
 *   format or split, and for a sample that is not a whole number from 1
 * @example
 * const data = await openData({ data: "coco", split: "val", sample: 500, seed: 7 });
 * data.items[0]; // { id: "000000000139.jpg", label: "person" }
 * const { picture, objects } = await data.open(0);
 */
export async function openData(choice: DataChoice, progress?: FindModelOptions["progress"]): Promise<DataSet> {
  const { data, sample, seed = 0 } = choice;
  const format = choice.format ?? formatOf(data);
  if (!(format in READERS)) {
    throw new LimnError(
      "bad-option",
      `format "${format}": there is no such format; ${didYouMean(format, DATA_FORMATS)}`,
    );
  }
  if (format === "scenes") checkScenes(choice);
  else if (isAddress(data)) checkAddress(data, format);
  else checkPath(data, format);
  const { path, warnings } = isAddress(data) ? await fetchAnnotations(data, progress) : { path: data, warnings: [] };
  const opened = await READERS[format]({ ...choice, file: path });
  const set = { ...opened, warnings: [...warnings, ...opened.warnings] };
  return sample === undefined ? set : sampleOf(set, sample, seed);
}

function formatOf(data: string): DataFormat {
  if (data.startsWith(SCENES)) return "scenes";
  if (isAddress(data)) return formatOfFile(new URL(data).pathname, data);
  if (kindOf(data) === "folder") return isVocFolder(data) ? "voc" : isCocoFolder(data) ? "coco" : "folders";
  return formatOfFile(data, data);
}

function formatOfFile(path: string, data: string): DataFormat {
  const [, extension = ""] = /\.([^./\\]+)$/.exec(path) ?? [];
  if (/^(csv|tsv|jsonl|ndjson)$/i.test(extension)) return "manifest";
  if (/^json$/i.test(extension)) return "coco";
  throw new LimnError(
    "bad-input",
    `${data}: this is not a data set that can be read; give a folder, a manifest (.csv, .jsonl), COCO annotations (.json) or scenes:1000`,
  );
}

function kindOf(path: string): "folder" | "file" {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats) return stats.isDirectory() ? "folder" : "file";
  const advice = path === "scenes" ? "to draw scenes, say how many, such as scenes:1000" : "check the path";
  throw new LimnError("bad-input", `${path}: there is no such file or folder; ${advice}`);
}

function checkPath(data: string, format: DataFormat): void {
  const kind = kindOf(data);
  const fits = format === "coco" || (kind === "folder") === FOLDER.has(format);
  if (!fits)
    throw new LimnError(
      "bad-input",
      `${data}: this is a ${kind}, but data of the format ${format} is a ${kind === "folder" ? "file" : "folder"}; check the path`,
    );
}

function checkAddress(data: string, format: DataFormat): void {
  if (!FOLDER.has(format)) return;
  throw new LimnError(
    "bad-input",
    `${data}: data of the format ${format} is a folder, and a folder can't be read from an address; give a manifest that lists its pictures`,
  );
}

function checkScenes({ data, split }: DataChoice): void {
  if (!data.startsWith(SCENES)) {
    throw new LimnError("bad-option", `${data}: say how many scenes to draw, such as scenes:1000`);
  }
  if (split !== undefined) {
    throw new LimnError(
      "bad-option",
      `split "${split}": scenes have no parts; leave it out, or draw other scenes with another seed`,
    );
  }
}
