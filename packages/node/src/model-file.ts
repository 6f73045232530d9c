import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { LimnError, type ModelSource, skimModel } from "@limn/core";

/**
 * Reads an .onnx file, but not its weights: graphs refer to those in their own files. Symbolic links are followed, since
 * caches of downloads consist of them; so are links to the files that hold the weights.
 * @param name what messages call the model. Default: its file's name
 * @returns the source that `loadClassifier` and `differentiate` of `@limn/core` take
 * @throws LimnError `bad-model` for a missing file, a folder, or a file that can't be read
 */
export function readModelFile(path: string, name: string = basename(path)): ModelSource {
  try {
    if (statSync(path).isDirectory()) {
      throw new LimnError("bad-model", `${path}: this is a folder; give the path of the .onnx file in it`);
    }
    const places = placesOf(path);
    const root = commonFolder([...places.values()]);
    // ONNX Runtime refuses links that lead out of a folder, so every file gets its real path, from a folder that holds all
    const locationOf = (place: string) => relative(root, place).split(sep).join("/");
    const location = locationOf(realpathSync(path));
    const weights = {
      folder: root,
      sizeOf: (other: string) => statSync(join(root, other), { throwIfNoEntry: false })?.size,
      read: weightReader(root),
    };
    const skimmed = skim(path, location, (other) => {
      const place = places.get(other);
      return place === undefined ? other : locationOf(place);
    });
    if (skimmed) return { location: name, bytes: skimmed, skimmed: true, weights };
    return { location, bytes: readFileSync(path), weights };
  } catch (error) {
    if (error instanceof LimnError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file; check the path" : `it can't be read (${code})`;
    throw new LimnError("bad-model", `${path}: ${reason}`, { cause: error });
  }
}

/**
 * The other files that hold a model's weights, by the names that the model has for them: paths from its own folder.
 * Names that lead out of that folder are left out: when the model is loaded, they are refused.
 */
export function weightFilesOf(path: string): string[] {
  const locations = new Set<string>();
  skim(path, basename(path), (location) => {
    locations.add(location);
    return location;
  });
  return [...locations].filter(staysInside);
}

const staysInside = (location: string): boolean =>
  location !== "" && !/^([/\\]|[a-z]:)/i.test(location) && !location.split(/[/\\]/).includes("..");

/** Where a model and the files that hold its weights really are, by the names that the model has for them. */
function placesOf(path: string): Map<string, string> {
  const places = new Map([["", realpathSync(path)]]);
  for (const location of weightFilesOf(path)) {
    const linked = join(dirname(resolve(path)), location);
    const nextToTarget = join(dirname(realpathSync(path)), location);
    const found = [linked, nextToTarget].find((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
    if (found) places.set(location, realpathSync(found));
  }
  return places;
}

/** The deepest folder that all files are in. */
function commonFolder(paths: readonly string[]): string {
  const [first = ".", ...others] = paths.map((path) => dirname(path));
  return others.reduce((folder, other) => {
    let shared = folder;
    while (shared !== dirname(shared) && !`${other}${sep}`.startsWith(`${shared}${sep}`)) shared = dirname(shared);
    return shared;
  }, first);
}

/** How many bytes one read brings. Headers lie between weights, so most of a longer read would be wasted. */
const WINDOW = 2 ** 14;

function skim(path: string, location: string, relocate: (location: string) => string): Uint8Array | undefined {
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
    return size === 0 ? undefined : skimModel({ size, read }, location, relocate);
  } finally {
    closeSync(file);
  }
}

function readRange(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const read = readSync(file, bytes, 0, length, offset);
  return read === length ? bytes : bytes.subarray(0, read);
}

/**
 * Gives a function that reads parts of the files that hold a model's weights, as `encodeModel` and `encodeForSaving` of
 * `@limn/core` need it to save a file that stands on its own.
 * @param folder that the locations of the weights are relative to: `weights.folder` of the model's source
 * @returns reads `length` bytes from `offset`; throws LimnError `bad-model` if the file is too short
 */
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
