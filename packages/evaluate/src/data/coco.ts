import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LimnError, mistakeOf } from "@limn/core";
import * as v from "valibot";
import type { LocalData } from "./data-choice.js";
import type { DataItem, DataSet } from "./data-set.js";
import { digestOfFile, textAt } from "./file-chunks.js";
import { type JsonEntry, jsonEntries } from "./json-entries.js";
import { baseFrom, isAddress, locate, withSlashes } from "./location.js";
import { NameTable } from "./name-table.js";
import { ObjectTable } from "./object-table.js";
import { type FindMask, pictureFiles } from "./picture-files.js";
import { isThere } from "./remote-files.js";
import { isSegmented, maskOfSegmentation } from "./segmentation.js";
import { chooseSplit } from "./splits.js";

const finite = v.pipe(v.number(), v.finite());
const id = v.union([finite, v.string()]);

const imageSchema = v.object({
  id,
  file_name: v.pipe(v.string(), v.nonEmpty()),
  width: v.optional(finite),
  height: v.optional(finite),
  /** Not COCO's own: the class of the whole picture, as scenes have it. */
  label: v.optional(v.union([v.string(), finite])),
});

const categorySchema = v.object({ id, name: v.string() });

const annotationSchema = v.object({
  image_id: id,
  category_id: id,
  /** x, y, width, height in pixels. */
  bbox: v.optional(v.strictTuple([finite, finite, finite, finite])),
  area: v.optional(finite),
  segmentation: v.optional(v.unknown()),
});

/**
 * Reads COCO's instances: boxes, and masks as polygons or run lengths. Annotations are read one by one, and masks only when
 * they are asked for, so that no document is too large.
 * @throws LimnError `bad-input` that names the file, line and entry
 */
export async function readCoco({ data, file: local, split, pictures: folder, range }: LocalData): Promise<DataSet> {
  const path = findAnnotations(local, split, data);
  // messages name the address, not the local copy
  const file = isAddress(data) ? data : path;
  const { pictures, indices, sizes, categories } = await readHead(path, file);
  if (pictures.length === 0) {
    throw new LimnError(
      "bad-input",
      `${file}: its list of images is missing or empty; give a file of COCO's instances`,
    );
  }
  const classes = new NameTable<string | number>(categories.values());
  const objects = new ObjectTable();
  const masks = new Texts(path, file);
  let strangers = 0;
  for await (const entry of jsonEntries(path, ["annotations"], file)) {
    const annotation = parsed(annotationSchema, entry);
    const picture = indices.get(annotation.image_id);
    const name = categories.get(annotation.category_id);
    if (name === undefined) {
      throw new LimnError(
        "bad-input",
        `${entry.name}: there is no category ${annotation.category_id}; add it to the file's categories`,
      );
    }
    if (picture === undefined) {
      strangers++;
      continue;
    }
    const mask = isSegmented(annotation.segmentation) ? masks.add(entry) : undefined;
    const { bbox } = annotation;
    if (!bbox && mask === undefined) continue;
    const box = bbox && { x: bbox[0], y: bbox[1], width: bbox[2], height: bbox[3] };
    const area = annotation.area ?? (box ? box.width * box.height : 0);
    objects.add(picture, { class: classes.indexOf(name), box, area, mask });
  }
  for (const { label } of pictures) if (label !== undefined) classes.indexOf(label);
  return pictureFiles({
    title: `COCO annotations ${file}`,
    folder: folder === undefined ? await findPictures(file, pictures) : baseFrom(folder),
    pictures,
    classes: classes.names,
    objects,
    sizes,
    range,
    masksOf: (_, { width, height }): FindMask => {
      return async (mask) => {
        const { segmentation } = masks.read(mask);
        return maskOfSegmentation(segmentation, width, height, masks.nameOf(mask));
      };
    },
    annotations: await digestOfFile(path),
    warnings:
      strangers > 0 ? [`${file}: annotations of images that are not in its list are left out: ${strangers}`] : [],
  });
}

interface Head {
  readonly pictures: DataItem[];
  /** The position of each image in the list of pictures, by its id. */
  readonly indices: ReadonlyMap<number | string, number>;
  /** The height and width of each picture, one after the other. */
  readonly sizes: number[];
  readonly categories: ReadonlyMap<number | string, string>;
}

/** Images and categories, which may come after the annotations. */
async function readHead(path: string, file: string): Promise<Head> {
  const pictures: DataItem[] = [];
  const indices = new Map<number | string, number>();
  const sizes: number[] = [];
  const categories = new Map<number | string, string>();
  const names = new Set<string>();
  for await (const entry of jsonEntries(path, ["images", "categories"], file)) {
    if (entry.list === "categories") {
      const category = parsed(categorySchema, entry);
      categories.set(category.id, category.name);
      continue;
    }
    const image = parsed(imageSchema, entry);
    const picture = withSlashes(image.file_name);
    const twice = indices.has(image.id) ? `id ${image.id}` : names.has(picture) ? picture : undefined;
    if (twice !== undefined) {
      throw new LimnError("bad-input", `${entry.name}: ${twice} is there twice; leave one of the two out`);
    }
    indices.set(image.id, pictures.length);
    names.add(picture);
    pictures.push({ id: picture, label: image.label });
    sizes.push(image.height ?? 0, image.width ?? 0);
  }
  return { pictures, indices, sizes, categories };
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, { value, name }: JsonEntry): T {
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  const { path, message } = mistakeOf(issues);
  throw new LimnError("bad-input", `${name}: ${path.join(".") || "entry"}: ${message}; correct it`);
}

/** Where annotations are in their file, so that those that are needed can be read again. */
class Texts {
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];

  /** @param name what messages call the file */
  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {}

  /** @returns its number */
  add({ offset, length }: JsonEntry): number {
    this.#lengths.push(length);
    return this.#offsets.push(offset) - 1;
  }

  nameOf(number: number): string {
    return `${this.name}: the annotation at byte ${this.#offsets[number]}`;
  }

  /** @throws LimnError `bad-input` if the file is not what it was */
  read(number: number): v.InferOutput<typeof annotationSchema> {
    const text = textAt(this.path, this.#offsets[number] as number, this.#lengths[number] as number);
    try {
      return v.parse(annotationSchema, JSON.parse(text));
    } catch (error) {
      throw new LimnError("bad-input", `${this.name}: the file has changed since it was read; start again`, {
        cause: error,
      });
    }
  }
}

/** Names of annotation files in the folder above their pictures, as Limn and Roboflow write them. */
const DIRECT = ["annotations.json", "_annotations.coco.json"];

/** The file of annotations in a folder, or the path itself if it is a file. @param name what messages call it */
export function findAnnotations(path: string, split: string | undefined, name = path): string {
  const whole = statSync(path).isDirectory() ? DIRECT.map((name) => join(path, name)).find(existsSync) : path;
  if (whole !== undefined) {
    if (split !== undefined) chooseSplit(split, [], whole === path ? name : whole);
    return whole;
  }
  const files = annotationsIn(path);
  const names = new Map(files.map((name) => [splitOf(name), name]));
  if (split === undefined && files.length > 1) {
    throw new LimnError(
      "bad-option",
      `${path}: the folder holds several parts; choose one with --split: ${[...names.keys()].join(", ")}`,
    );
  }
  const chosen = split === undefined ? files[0] : names.get(chooseSplit(split, [...names.keys()], path));
  if (chosen !== undefined) return join(path, "annotations", chosen);
  throw new LimnError("bad-input", `${path}: there are no annotations in it; give a COCO JSON file`);
}

/** The annotation files of COCO's own layout: `annotations/instances_val2017.json` next to `val2017`. */
export function annotationsIn(folder: string): string[] {
  const annotations = join(folder, "annotations");
  if (!statSync(annotations, { throwIfNoEntry: false })?.isDirectory()) return [];
  const files = readdirSync(annotations).filter((name) => name.endsWith(".json"));
  const instances = files.filter((name) => name.startsWith("instances"));
  return (instances.length > 0 ? instances : files).sort();
}

export const isCocoFolder = (folder: string): boolean =>
  DIRECT.some((name) => existsSync(join(folder, name))) || annotationsIn(folder).length > 0;

const splitOf = (file: string): string => basename(file, ".json").replace(/^instances_/, "");

/** How many pictures are looked for in a folder before the next folder is tried. */
const TRIED = 10;

/** The folder or address that an annotation file's names are relative to: the first that has one of its pictures. */
async function findPictures(file: string, pictures: readonly DataItem[]): Promise<string> {
  const split = splitOf(file);
  const folders = ["", "images", split, `images/${split}`, `../${split}`, "../images", `../images/${split}`, ".."];
  if (isAddress(file)) return findPicturesAt(file, folders, pictures);
  const here = dirname(file);
  const tried = pictures.slice(0, TRIED);
  const found = folders.find((folder) => tried.some((picture) => existsSync(join(here, folder, picture.id))));
  return join(here, found ?? (existsSync(join(here, "images")) ? "images" : ""));
}

/** The same at an address, where each look takes a while: only the first picture is looked for. */
async function findPicturesAt(
  file: string,
  folders: readonly string[],
  [picture]: readonly DataItem[],
): Promise<string> {
  const bases = folders.map((folder) => new URL(folder === "" ? "." : `${folder}/`, file).href);
  for (const base of bases) if (picture && (await isThere(locate(base, picture.id)))) return base;
  return bases[0] as string;
}
