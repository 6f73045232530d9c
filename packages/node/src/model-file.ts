import { closeSync, lstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { LimnError, type ModelSource } from "@limn/core";

/**
 * Reads an .onnx file.
 * @throws LimnError `bad-model` for a missing file or a folder
 */
export function readModelFile(path: string): ModelSource {
  const bytes = readBytes(path);
  const location = basename(path);
  const folder = dirname(resolve(path));
  const sizeOf = (other: string) => statSync(join(folder, other), { throwIfNoEntry: false })?.size;
  // ONNX Runtime refuses to follow a link out of the folder, as downloaders' caches have them
  const files = lstatSync(path).isSymbolicLink() ? { files: new Map([[location, bytes]]) } : {};
  return { location, bytes, weights: { folder, sizeOf, ...files } };
}

function readBytes(path: string): Uint8Array {
  try {
    if (statSync(path).isDirectory()) {
      throw new LimnError("bad-model", `${path}: this is a folder; give the .onnx file in it`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof LimnError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file; check the path" : `it can't be read (${code})`;
    throw new LimnError("bad-model", `${path}: ${reason}`, { cause: error });
  }
}

/** Reads ranges of the files that a model's constants are in. */
export function weightReader(folder: string): (location: string, offset: number, length: number) => Uint8Array {
  return (location, offset, length) => {
    const path = join(folder, location);
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(length);
      const read = readSync(file, bytes, 0, length, offset);
      if (read === length) return bytes;
      throw new LimnError(
        "bad-model",
        `${path}: ends ${length - read} bytes too early; the file is damaged, copy it again`,
      );
    } finally {
      closeSync(file);
    }
  };
}
