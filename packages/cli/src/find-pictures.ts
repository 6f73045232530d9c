import { readdirSync, statSync } from "node:fs";
import { extname, isAbsolute, join, resolve } from "node:path";
import { isPictureName } from "@limn/node/internal";
import { glob, isDynamicPattern } from "tinyglobby";

/** A picture that can't be explained, and why. */
export interface PictureError {
  readonly image: string;
  readonly error: string;
}

/**
 * The files that a command's arguments stand for: themselves, the pictures and tensors in a folder and those in it, or
 * what a pattern with wildcards matches, in natural order (2.png before 10.png). Each is there once.
 */
export async function findPictures(given: readonly string[]): Promise<FoundPictures> {
  const found = new Map<string, string>();
  const missing: PictureError[] = [];
  const others = new Set<string>();
  for (const argument of given) {
    const { files, leftOut = [], problem } = await standsFor(argument);
    for (const file of leftOut) others.add(file);
    for (const file of files) if (!found.has(resolve(file))) found.set(resolve(file), file);
    if (problem !== undefined) missing.push({ image: argument, error: `${argument}: ${problem}` });
  }
  return { files: [...found.values()], missing, ...(others.size > 0 ? { leftOut: leftOutOf([...others]) } : {}) };
}

export interface FoundPictures {
  readonly files: readonly string[];
  /** Arguments that stand for nothing. */
  readonly missing: readonly PictureError[];
  /** Says which files of folders and patterns are none that Limn reads; undefined if all are. */
  readonly leftOut?: string;
}

/** How many files of which kind are left out, most first. */
function leftOutOf(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const kind = extname(file).toLowerCase() || "no ending";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  const count = files.length === 1 ? "1 file is" : `${files.length} files are`;
  return `${count} left out, of kinds that Limn does not read (${kinds.join(", ")}), such as ${files[0]}; save pictures as PNG, JPEG, WebP, GIF, TIFF or AVIF`;
}

interface Files {
  readonly files: readonly string[];
  /** Files that are neither pictures nor tensors by their names. */
  readonly leftOut?: readonly string[];
  readonly problem?: string;
}

async function standsFor(argument: string): Promise<Files> {
  // a file may be called photo[1].png
  const stats = statSync(argument, { throwIfNoEntry: false });
  if (stats?.isDirectory()) {
    return sorted(filesIn(argument), "there are no pictures or .npy tensors in this folder");
  }
  if (stats) return { files: [argument] };
  const pattern = process.platform === "win32" ? argument.replaceAll("\\", "/") : argument;
  if (!isDynamicPattern(pattern)) return { files: [], problem: "there is no such file; check the path" };
  const matches = await glob(pattern, { expandDirectories: false, absolute: isAbsolute(argument) });
  return sorted(
    matches,
    matches.length > 0 ? "none of what it matches is a picture or a .npy tensor" : "it matches no file",
  );
}

/** @param problem what to say if none of them can be read */
function sorted(all: readonly string[], problem: string): Files {
  const files = all.filter(isInput).sort(inOrder);
  const leftOut = all.filter((path) => !isInput(path)).sort(inOrder);
  return { files, leftOut, ...(files.length > 0 ? {} : { problem }) };
}

/** The files of a folder and of those in it, without what is hidden. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    const isFile = entry.isFile() || statSync(path, { throwIfNoEntry: false })?.isFile();
    return isFile ? [path] : [];
  });
}

const isTensor = (path: string): boolean => /\.npy$/i.test(path);
const isInput = (path: string): boolean => isPictureName(path) || isTensor(path);

/** Whether there is no picture among some files, so that no preprocessing is needed. */
export const areTensors = (files: readonly string[]): boolean => files.length > 0 && files.every(isTensor);

const { compare: inOrder } = new Intl.Collator("en", { numeric: true });
