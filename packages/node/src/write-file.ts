import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { LimnError } from "@limn/core";
import { beginUnfinished, endUnfinished } from "./unfinished-files.js";

/**
 * Writes a file whole or not at all: it is written under another name in the same folder, then renamed.
 * @param content all of it, or its parts in order, which are never in memory together; errors that they throw are passed
 *   on
 * @throws LimnError `output` that names the file and the system's reason
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<string>,
): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  beginUnfinished(unfinished);
  try {
    await writeFile(unfinished, content, { flag: "wx" });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw outputError(path, error);
  } finally {
    endUnfinished(unfinished);
  }
}

/**
 * Makes a folder, and the folders above it, if they are missing.
 * @throws LimnError `output` that names the folder and the system's reason
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeWithParents(resolve(path));
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Node's own recursive mkdir never ends if nothing can be made in a folder that exists, such as /proc. */
async function makeWithParents(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(path))) throw error;
    await makeWithParents(dirname(path));
    await makeWithParents(path);
  }
}

/** The error for a file or folder that can't be written. Errors that are Limn's already stay as they are. */
export const outputError = (path: string, error: unknown): LimnError =>
  error instanceof LimnError
    ? error
    : new LimnError("output", `${path}: it can't be written: ${adviceOn(error, path)}`, { cause: error });

function adviceOn(error: unknown, path: string): string {
  const { code = "unknown reason" } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return existsSync(dirname(path))
        ? `nothing can be made in ${dirname(path)}; choose another folder`
        : `there is no folder ${dirname(path)}; make it first`;
    case "ENOTDIR":
      return "part of its path is a file, not a folder; choose another path";
    case "EEXIST":
      return "there is a file of this name; choose another folder";
    case "EISDIR":
      return "there is a folder of this name; give the name of a file";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the folder is not writable; choose another one";
    case "ENOSPC":
      return "the disk is full; make room on it";
    default:
      return `the system says ${code}; choose another folder`;
  }
}
