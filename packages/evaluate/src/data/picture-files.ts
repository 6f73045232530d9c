import { LimnError, type Picture, type Rectangle, type Size } from "@limn/core";
import { type PixelRange, readPicture } from "@limn/node";
import { boxAround, cutBox } from "./cut-box.js";
import type { DataItem, DataObject, DataSet, OpenedItem } from "./data-set.js";
import { fingerprintOf } from "./fingerprint.js";
import { locate } from "./location.js";
import { type ListedObject, ObjectTable } from "./object-table.js";
import { localPicture } from "./remote-files.js";

/** What the reader of a format finds out about pictures that are files. */
export interface PictureFiles {
  readonly title: string;
  /** The folder that the pictures' ids are paths in, or an address that they are relative to. */
  readonly folder: string;
  /** A picture without a label gets the class with the largest area of objects. */
  readonly pictures: readonly DataItem[];
  readonly classes: readonly (string | number)[];
  /** Default: none. */
  readonly objects?: ObjectTable;
  /** Height and width of each picture in pixels, one after the other, as annotations have them; 0 if they don't say. */
  readonly sizes?: ArrayLike<number>;
  /** Called once a picture is opened: gives the function that finds the masks of its objects. */
  readonly masksOf?: (index: number, picture: Picture) => FindMask;
  /** Of pictures with more than 8 bits; see `DataChoice`. */
  readonly range?: PixelRange | undefined;
  /** A digest of the annotations. Default: there are none. */
  readonly annotations?: string;
  readonly warnings: readonly string[];
}

/**
 * A mask: [height, width] of the picture, 1 on the object.
 * @param mask the number that the object's entry has
 */
export type FindMask = (mask: number, box: Rectangle | undefined) => Promise<Uint8Array>;

/** A data set of pictures that are read as they are opened. */
export function pictureFiles({ objects: table = new ObjectTable(), ...files }: PictureFiles): DataSet {
  // only what is needed to open pictures stays in memory
  const { title, folder, pictures, classes, sizes = [], masksOf, range, annotations = "" } = files;
  const objects = table.byPicture(pictures.length);
  const items = pictures.map((picture, index) => {
    const largest = picture.label === undefined ? objects.largestClass(index) : undefined;
    return largest === undefined ? picture : { id: picture.id, label: classes[largest] };
  });
  const sizeOf = (index: number): Size => [sizes[2 * index] ?? 0, sizes[2 * index + 1] ?? 0];

  async function open(index: number): Promise<OpenedItem> {
    const { id } = items[index] as DataItem;
    const path = locate(folder, id);
    const { width, height, rgb, warnings } = await readPicture(await localPicture(path), path, { range });
    const picture = { width, height, rgb };
    const stated = sizeOf(index);
    checkSize(path, picture, stated);
    const findMask = masksOf?.(index, picture);
    const found: DataObject[] = [];
    const misfits = new Misfits();
    for (const listed of objects.of(index)) {
      const { box, outside, mask } = await placed(listed, picture, findMask);
      // if the picture's size was known before, the data set's warnings count its boxes
      if (!listed.box || !isKnown(stated)) misfits.count(box, outside);
      if (box) found.push({ class: classes[listed.class] as string | number, box, ...(mask ? { mask } : {}) });
    }
    return { picture, objects: found, warnings: [...warnings, ...misfits.warnings(path)] };
  }

  const misfits = new Misfits();
  for (const index of items.keys()) {
    const size = sizeOf(index);
    for (const { box } of isKnown(size) ? objects.of(index) : []) {
      if (!box) continue;
      const [height, width] = size;
      const cut = cutBox(box, width, height);
      misfits.count(cut.box, cut.outside);
    }
  }

  return {
    title,
    items,
    objects: table.hasMasks ? "masks" : table.hasBoxes ? "boxes" : "none",
    classes,
    warnings: [...files.warnings, ...misfits.warnings(title)],
    fingerprint: fingerprintOf(items, range === undefined ? annotations : `${annotations}\n${range}`),
    open,
  };
}

const isKnown = ([height, width]: Size): boolean => width > 0 && height > 0;

function checkSize(path: string, picture: Picture, stated: Size): void {
  const [height, width] = stated;
  if (!isKnown(stated) || (picture.width === width && picture.height === height)) return;
  throw new LimnError(
    "bad-input",
    `${path}: its annotation says ${width}x${height} pixels, but the picture has ${picture.width}x${picture.height}; correct the annotation`,
  );
}

interface Placed {
  readonly box: Rectangle | undefined;
  readonly outside: boolean;
  readonly mask: (() => Promise<Uint8Array>) | undefined;
}

/** An object in the picture, once that is opened. */
async function placed({ box, mask }: ListedObject, picture: Picture, find: FindMask | undefined): Promise<Placed> {
  const { width, height } = picture;
  if (box) {
    const found = mask === undefined || !find ? undefined : () => find(mask, box);
    return { ...cutBox(box, width, height), mask: found };
  }
  const pixels = (await find?.(mask as number, undefined)) ?? new Uint8Array(0);
  return { box: boxAround(pixels, width), outside: false, mask: () => Promise.resolve(pixels) };
}

/** Counts boxes that do not fit into their pictures. */
class Misfits {
  #cut = 0;
  #empty = 0;

  /** @param box what is left of it */
  count(box: Rectangle | undefined, outside: boolean): void {
    if (!box) this.#empty++;
    else if (outside) this.#cut++;
  }

  /** @param source whose boxes they are */
  warnings(source: string): string[] {
    const words = (count: number, verb: string) => `${source}: ${count} ${count === 1 ? "object" : "objects"} ${verb}`;
    return [
      ...(this.#cut > 0 ? [words(this.#cut, "with a box that reaches beyond the picture; the box is cut")] : []),
      ...(this.#empty > 0 ? [words(this.#empty, "without a pixel in the picture; left out")] : []),
    ];
  }
}
