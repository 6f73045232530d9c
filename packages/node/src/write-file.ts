import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LimnError } from "@limn/core";

/**
 * Writes a file whole or not at all: under another name beside it, then renamed.
 * @throws LimnError `output` that names the file and the system's reason
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  begin(unfinished);
  try {
    await writeFile(unfinished, content, { flag: "wx" });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new LimnError("output", `${path}: can't be written, ${adviceOn(error, path)}`, { cause: error });
  } finally {
    end(unfinished);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Files that are being written: whoever interrupts the process leaves none of them behind. */
const unfinishedFiles = new Set<string>();

function begin(path: string): void {
  if (unfinishedFiles.size === 0) for (const signal of SIGNALS) process.on(signal, abandon);
  unfinishedFiles.add(path);
}

function end(path: string): void {
  unfinishedFiles.delete(path);
  if (unfinishedFiles.size === 0) for (const signal of SIGNALS) process.off(signal, abandon);
}

function abandon(signal: NodeJS.Signals): void {
  for (const path of unfinishedFiles) {
    rmSync(path, { force: true });
    end(path);
  }
  // without other listeners, the signal has its usual effect
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
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
