import { isAbsolute, normalize, relative, resolve } from "node:path";
import { LimnError, maskOfBoxes } from "@limn/core";
import type { PixelRange } from "@limn/node";
import { readMask } from "@limn/node/internal";
import type { LocalData } from "./data-choice.js";
import type { DataItem, DataSet } from "./data-set.js";
import { digestOfFile } from "./file-chunks.js";
import { baseFrom, baseOf, isAddress, locate, withSlashes } from "./location.js";
import { type ManifestRow, manifestRows } from "./manifest-rows.js";
import { NameTable } from "./name-table.js";
import { ObjectTable } from "./object-table.js";
import { type FindMask, pictureFiles } from "./picture-files.js";
import { localPicture } from "./remote-files.js";
import { chooseSplit } from "./splits.js";

/**
 * A list of pictures, as CSV or a JSON object a line. Rows of the same picture add up if each has objects.
 * @throws LimnError `bad-input` that names the file and the line
 */
export async function readManifest({ data, file, split, pictures: base, range }: LocalData): Promise<DataSet> {
  const folder = base === undefined ? baseOf(data) : baseFrom(base);
  const part = split === undefined ? undefined : chooseSplit(split, await splitsOf(file, data), data);
  const manifest = new Manifest(data, folder);
  for await (const row of manifestRows(file, data)) {
    if (part === undefined || row.split === part) manifest.add(row);
  }
  return manifest.dataSet(part, await digestOfFile(file), range);
}

async function splitsOf(file: string, name: string): Promise<string[]> {
  const splits = new Set<string>();
  for await (const { split } of manifestRows(file, name)) if (split !== undefined) splits.add(split);
  return [...splits].sort();
}

class Manifest {
  readonly #pictures: DataItem[] = [];
  readonly #lines: number[] = [];
  readonly #indices = new Map<string, number>();
  readonly #rows = new Set<string>();
  readonly #classes = new NameTable<string | number>();
  readonly #objects = new ObjectTable();
  readonly #withObjects = new Set<number>();
  readonly #masks = new NameTable<string>();
  #repeated = 0;

  constructor(
    private readonly file: string,
    private readonly folder: string,
  ) {}

  add(row: ManifestRow): void {
    const { label, objects } = row;
    const id = this.#idOf(row.path);
    const content = JSON.stringify([id, label, objects]);
    if (this.#rows.has(content)) {
      this.#repeated++;
      return;
    }
    this.#rows.add(content);
    const index = this.#pictureOf(id, row);
    if (label !== undefined) this.#classes.indexOf(label);
    for (const { class: name = label, box, mask } of objects) {
      if (name === undefined) throw this.#wrong(row, "an object without a class; give the row a label");
      this.#withObjects.add(index);
      this.#objects.add(index, {
        class: this.#classes.indexOf(name),
        box,
        area: box ? box.width * box.height : 0,
        mask: mask === undefined ? undefined : this.#masks.indexOf(isAddress(mask) ? mask : withSlashes(mask)),
      });
    }
  }

  /** The row's picture, which may be one of a row before. */
  #pictureOf(id: string, row: ManifestRow): number {
    const { label, objects } = row;
    const known = this.#indices.get(id);
    if (known === undefined) {
      const index = this.#pictures.push({ id, label }) - 1;
      this.#indices.set(id, index);
      this.#lines.push(row.line);
      return index;
    }
    if (objects.length === 0 || !this.#withObjects.has(known)) {
      throw this.#wrong(
        row,
        `${row.path} is on line ${this.#lines[known]} already, with another label; leave one of the two out`,
      );
    }
    // one of several classes: the largest tells
    if (this.#pictures[known]?.label !== label) this.#pictures[known] = { id, label: undefined };
    return known;
  }

  #idOf(path: string): string {
    if (isAddress(path)) return path;
    const slashed = withSlashes(path);
    const inside = isAbsolute(slashed) ? relative(resolve(this.folder), slashed) : slashed;
    return withSlashes(normalize(inside));
  }

  #wrong({ line }: ManifestRow, reason: string): LimnError {
    return new LimnError("bad-input", `${this.file}: line ${line}: ${reason}`);
  }

  dataSet(part: string | undefined, annotations: string, range: PixelRange | undefined): DataSet {
    if (this.#pictures.length === 0) {
      throw new LimnError(
        "bad-input",
        `${this.file}: there are no rows in it; give each picture one, with its path and label`,
      );
    }
    const repeated = this.#repeated === 1 ? "1 row repeats another" : `${this.#repeated} rows repeat others`;
    const { folder } = this;
    const masks = this.#masks.names;
    return pictureFiles({
      title: `manifest ${this.file}${part === undefined ? "" : `, part ${part}`}`,
      folder,
      pictures: this.#pictures,
      classes: this.#classes.names,
      objects: this.#objects,
      masksOf: (_, { width, height }): FindMask => {
        return async (number, box) => {
          const location = locate(folder, masks[number] as string);
          const mask = await readMask(await localPicture(location), width, height, location);
          const inside = box && maskOfBoxes([box], width, height);
          return inside ? mask.map((value, i) => value * (inside[i] as number)) : mask;
        };
      },
      range,
      annotations,
      warnings:
        this.#repeated > 0 ? [`${this.file}: ${repeated} and ${this.#repeated === 1 ? "is" : "are"} left out`] : [],
    });
  }
}
