import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LimnError } from "@limn/core";

/**
 * Writes a file whole or not at all: under another name beside it, then renamed.
 * @throws LimnError `output` that names the file and the system's reason
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeFile(unfinished, content, { flag: "wx" });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new LimnError("output", `${path}: can't be written, ${adviceOn(error, path)}`, { cause: error });
  }
}

function adviceOn(error: unknown, path: string): string {
  const { code = "unknown reason" } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return `there is no folder ${dirname(path)}; make it first`;
    case "EISDIR":
      return "there is a folder of this name; give the name of a file";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the folder is not writable; choose another";
    case "ENOSPC":
      return "the disk is full; make room";
    default:
      return `the system says ${code}; choose another folder`;
  }
}
