import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { isPictureName } from "@limn/node/internal";
import type { DataChoice } from "./data-choice.js";
import type { DataItem, DataSet } from "./data-set.js";
import { NameTable } from "./name-table.js";
import { pictureFiles } from "./picture-files.js";
import { chooseSplit, isSplit } from "./splits.js";

/**
 * Reads a folder that has a folder of pictures for each class, or such folders in train, val and test. Pictures may lie
 * deeper. Pictures that are in no class's folder have no label.
 * @throws LimnError `bad-input` if there are no pictures
 */
export function readClassFolders({ data: folder, split, range }: DataChoice): DataSet {
  const top = foldersIn(folder);
  const parts = top.length > 0 && top.every(isSplit) ? top : [];
  const roots = split === undefined ? parts : [chooseSplit(split, parts, folder)];
  const found: Found = { pictures: [], strangers: [] };
  // without parts, the classes lie in the folder itself
  for (const root of roots.length > 0 ? roots : [""]) collectClasses(folder, root, found);
  const { pictures, strangers } = found;
  if (pictures.length === 0) {
    throw new LimnError(
      "bad-input",
      `${folder}: there are no pictures in it; give a folder that has a folder of pictures for each class, or a manifest`,
    );
  }
  pictures.sort((a, b) => (a.id < b.id ? -1 : 1));
  const classes = new NameTable(pictures.flatMap(({ label }) => label ?? []).sort());
  return pictureFiles({
    title: `class folders ${folder}${split === undefined ? "" : `, part ${roots.join()}`}`,
    folder,
    pictures,
    classes: classes.names,
    range,
    warnings: warningsOn(folder, found, strangers),
  });
}

interface Found {
  readonly pictures: DataItem[];
  /** Files whose names are not those of pictures. */
  readonly strangers: string[];
}

function warningsOn(folder: string, { pictures }: Found, strangers: readonly string[]): string[] {
  const unlabeled = pictures.filter(({ label }) => label === undefined).length;
  return [
    ...(unlabeled > 0
      ? [`${folder}: ${unlabeled} of ${pictures.length} pictures are in no class's folder, so they have no label`]
      : []),
    ...(strangers.length > 0
      ? [
          `${folder}: files whose names are not those of pictures are left out: ${strangers.length}, such as ${strangers[0]}`,
        ]
      : []),
  ];
}

/** @param root of the classes' folders, relative to the data's */
function collectClasses(folder: string, root: string, found: Found): void {
  for (const name of foldersIn(join(folder, root))) collect(folder, within(root, name), name, found);
  collect(folder, root, undefined, found, false);
}

/** Adds the pictures of a folder. @param path relative to the data's, with slashes */
function collect(folder: string, path: string, label: string | undefined, found: Found, deep = true): void {
  const here = join(folder, path);
  for (const entry of entriesOf(here)) {
    const inside = within(path, entry.name);
    if (isFolder(here, entry)) {
      if (deep && !leadsBack(join(here, entry.name), entry)) collect(folder, inside, label, found);
    } else if (isPictureName(entry.name)) {
      found.pictures.push({ id: inside, label });
    } else {
      found.strangers.push(inside);
    }
  }
}

const within = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

const foldersIn = (folder: string): string[] =>
  entriesOf(folder)
    .filter((entry) => isFolder(folder, entry))
    .map(({ name }) => name);

/** What is in a folder, except hidden files. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LimnError("bad-input", `${folder}: the folder can't be read (${code}); check its permissions`, {
      cause: error,
    });
  }
}

const isFolder = (folder: string, entry: Dirent): boolean =>
  entry.isSymbolicLink()
    ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
    : entry.isDirectory();

/** Whether a folder is a link to a folder above it. */
const leadsBack = (path: string, entry: Dirent): boolean =>
  entry.isSymbolicLink() && `${realpathSync(join(path, ".."))}/`.startsWith(`${realpathSync(path)}/`);
