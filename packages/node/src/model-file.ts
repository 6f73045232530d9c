import { closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { LimnError, type ModelSource, skimModel } from "@limn/core";

/**
 * Reads an .onnx file, but not its weights: graphs refer to those where they lie.
 * @throws LimnError `bad-model` for a missing file or a folder
 */
export function readModelFile(path: string): ModelSource {
  const location = basename(path);
  const folder = dirname(resolve(path));
  const sizeOf = (other: string) => statSync(join(folder, other), { throwIfNoEntry: false })?.size;
  try {
    if (statSync(path).isDirectory()) {
      throw new LimnError("bad-model", `${path}: this is a folder; give the .onnx file in it`);
    }
    // ONNX Runtime refuses to follow a link out of the folder, as downloaders' caches have them
    if (lstatSync(path).isSymbolicLink()) {
      const bytes = readFileSync(path);
      return { location, bytes, weights: { folder, sizeOf, files: new Map([[location, bytes]]) } };
    }
    const skimmed = skim(path, location);
    if (skimmed) return { location, bytes: skimmed, skimmed: true, weights: { folder, sizeOf } };
    return { location, bytes: readFileSync(path), weights: { folder, sizeOf } };
  } catch (error) {
    if (error instanceof LimnError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file; check the path" : `it can't be read (${code})`;
    throw new LimnError("bad-model", `${path}: ${reason}`, { cause: error });
  }
}

/** What one read brings: headers lie between weights, so that little of more would be used. */
const WINDOW = 2 ** 14;

function skim(path: string, location: string): Uint8Array | undefined {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const window = new Uint8Array(WINDOW);
    let from = 0;
    let held = 0;
    const read = (offset: number, length: number): Uint8Array => {
      if (length > WINDOW) return readRange(file, offset, length);
      if (offset < from || offset + length > from + held) {
        from = offset;
        held = readSync(file, window, 0, WINDOW, offset);
      }
      return window.slice(offset - from, offset - from + length);
    };
    return size === 0 ? undefined : skimModel({ size, read }, location);
  } finally {
    closeSync(file);
  }
}

function readRange(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const read = readSync(file, bytes, 0, length, offset);
  return read === length ? bytes : bytes.subarray(0, read);
}

/** Reads ranges of the files that a model's constants are in. */
export function weightReader(folder: string): (location: string, offset: number, length: number) => Uint8Array {
  return (location, offset, length) => {
    const path = join(folder, location);
    const file = openSync(path, "r");
    try {
      const bytes = readRange(file, offset, length);
      if (bytes.byteLength === length) return bytes;
      throw new LimnError(
        "bad-model",
        `${path}: ends ${length - bytes.byteLength} bytes too early; the file is damaged, copy it again`,
      );
    } finally {
      closeSync(file);
    }
  };
}
