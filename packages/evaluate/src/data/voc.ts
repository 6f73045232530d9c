import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { LimnError, maskOfBoxes, type Picture, type Rectangle } from "@limn/core";
import { readText } from "@limn/node/internal";
import type { DataChoice } from "./data-choice.js";
import type { DataItem, DataSet } from "./data-set.js";
import { type IndexedPicture, readIndexedPng } from "./indexed-png.js";
import { NameTable } from "./name-table.js";
import { ObjectTable } from "./object-table.js";
import { type FindMask, pictureFiles } from "./picture-files.js";
import { chooseSplit } from "./splits.js";
import { readVocXml } from "./voc-xml.js";

const [ANNOTATIONS, PICTURES, LISTS] = ["Annotations", "JPEGImages", "ImageSets"];
const [BY_OBJECT, BY_CLASS] = ["SegmentationObject", "SegmentationClass"];

/** In the order of their numbers in `SegmentationClass`, from 1. */
const SEGMENTED_CLASSES =
  "aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep sofa train tvmonitor".split(
    " ",
  );

/**
 * Reads a folder in the layout of PASCAL VOC: `Annotations`, `JPEGImages`, lists of names in `ImageSets`, and masks of some
 * pictures in `SegmentationObject` (numbered like the objects of the annotation) or `SegmentationClass` (an object is the
 * part in its box).
 * @throws LimnError `bad-input` that names the file and line
 */
export function readVoc({ data: folder, split, range }: DataChoice): DataSet {
  const chosen = split === undefined ? undefined : findList(folder, split);
  const annotated = namesIn(folder, ANNOTATIONS, ".xml");
  const names = chosen ? namesOf(chosen.path) : [...annotated.keys()].sort();
  if (names.length === 0) {
    throw new LimnError(
      "bad-input",
      `${chosen?.path ?? join(folder, ANNOTATIONS)}: there are no pictures in it; check the folder, or choose another split`,
    );
  }
  const files = namesIn(folder, PICTURES);
  const segmented = [BY_OBJECT, BY_CLASS].map((part) => ({ part, files: namesIn(folder, part, ".png") }));
  const pictures: DataItem[] = [];
  const sizes: number[] = [];
  const classes = new NameTable<string>();
  const objects = new ObjectTable();
  const masks: (string | undefined)[] = [];
  const hash = createHash("sha256");
  let bare = 0;
  for (const [index, name] of names.entries()) {
    const xml = annotated.get(name);
    const annotation = xml === undefined ? undefined : readVocXml(join(folder, ANNOTATIONS, xml));
    if (annotation) hash.update(annotation.text);
    else bare++;
    pictures.push({ id: `${PICTURES}/${files.get(name) ?? annotation?.file ?? `${name}.jpg`}`, label: undefined });
    sizes.push(annotation?.height ?? 0, annotation?.width ?? 0);
    const mask = segmented.find(({ files }) => files.has(name));
    masks.push(mask && `${mask.part}/${mask.files.get(name)}`);
    hash.update(`\n${masks[index] ?? ""}\n`);
    for (const [k, { class: name, box }] of (annotation?.objects ?? []).entries()) {
      objects.add(index, {
        class: classes.indexOf(name),
        box,
        area: box.width * box.height,
        mask: mask && numberOf(k, name, mask.part === BY_OBJECT),
      });
    }
  }
  return pictureFiles({
    title: `PASCAL VOC ${folder}${chosen ? `, part ${chosen.name}` : ""}`,
    folder,
    pictures,
    classes: classes.names,
    objects,
    sizes,
    range,
    masksOf: (index, picture) => segmentation(folder, masks[index] ?? "", picture),
    annotations: hash.digest("hex"),
    warnings:
      bare > 0 ? [`${folder}: ${bare} of ${names.length} pictures have no annotation, so they have no label`] : [],
  });
}

export const isVocFolder = (folder: string): boolean => readdirSync(folder).includes(ANNOTATIONS);

/** Files of a folder that may be missing, by their names without the extension. */
function namesIn(folder: string, part: string, extension?: string): Map<string, string> {
  const path = join(folder, part);
  const files = existsSync(path) ? readdirSync(path).filter((file) => !file.startsWith(".")) : [];
  const named = files.map((file) => [parse(file).name, file] as const);
  return new Map(named.filter(([, file]) => extension === undefined || parse(file).ext === extension));
}

interface PictureList {
  readonly name: string;
  readonly path: string;
}

/** A list of `ImageSets/Main`, or of another folder there, such as `Segmentation/val`. */
function findList(folder: string, split: string): PictureList {
  const lists = join(folder, LISTS);
  const [, part = "Main", wanted = split] = /^([^/]+)\/(.+)$/.exec(split) ?? [];
  const known = [...namesIn(lists, part, ".txt").keys()];
  // Main also has lists for each class, such as cat_val, which are no parts of the data
  const name = chooseSplit(
    wanted,
    known.filter((list) => part !== "Main" || !list.includes("_")).sort(),
    join(lists, part),
  );
  return { name, path: join(lists, part, `${name}.txt`) };
}

const namesOf = (path: string): string[] => {
  const lines = readText(path, "a list of pictures").split("\n");
  return [...new Set(lines.flatMap((line) => line.trim().split(/\s+/)[0] || []))];
};

/** The number of an object's pixels in the mask; undefined for a class that is not one of VOC's own. */
function numberOf(object: number, name: string, isByObject: boolean): number | undefined {
  const number = isByObject ? object + 1 : SEGMENTED_CLASSES.indexOf(name) + 1;
  return number > 0 ? number : undefined;
}

/** Finds masks: pixels with the object's number. Others are 0, of no object, or 255, of the border around one. */
function segmentation(folder: string, file: string, { width, height }: Picture): FindMask {
  const path = join(folder, file);
  const isByObject = file.startsWith(BY_OBJECT);
  let reading: Promise<IndexedPicture> | undefined;
  return async (number, box) => {
    reading ??= readIndexedPng(path);
    const { indices, ...size } = await reading;
    if (size.width !== width || size.height !== height) {
      throw new LimnError(
        "bad-input",
        `${path}: the mask has ${size.width}x${size.height} pixels, but its picture has ${width}x${height}; correct one of them`,
      );
    }
    if (isByObject) return indices.map((index) => (index === number ? 1 : 0));
    const inside = maskOfBoxes([box as Rectangle], width, height);
    return indices.map((index, i) => (index === number && inside[i] === 1 ? 1 : 0));
  };
}
