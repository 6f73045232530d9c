import {
  chooseOnnx,
  LimnError,
  type ModelSource,
  modelConfigIn,
  skimModel,
  type TextClasses,
  type TextFile,
} from "@limn/core";
import type { NamedFile } from "./engine.js";
import type { Platform } from "./platform.js";

/** A model's files, wherever they are, with what came with them. */
export interface PlacedModel {
  readonly name: string;
  /** The SHA-256 of its files. */
  readonly handle: string;
  /** The size of its files, weights included. */
  readonly bytes: number;
  readonly source: ModelSource;
  readonly labels?: TextFile | undefined;
  readonly preprocessing?: TextFile | undefined;
  /** What a config.json says that the classes are. */
  readonly scoreFunction?: "sigmoid" | "none" | undefined;
  /** Embeddings of texts that say what the classes of an image encoder are. */
  readonly classes?: TextClasses | undefined;
  readonly warnings: readonly string[];
}

const CONFIG = "config.json";
const PREPROCESSING = "preprocessor_config.json";

/**
 * Finds the model among files that were opened together, and what came with it: external data, labels, preprocessing.
 * @param files with paths from a common folder, or mere names
 * @param digest see `Platform.digest`
 * @throws LimnError `bad-model` for none or several models, `bad-input` for files that are no part of a model
 */
export async function placedModel(files: readonly NamedFile[], digest: Platform["digest"]): Promise<PlacedModel> {
  const names = files.map(({ name }) => name);
  const chosen = chooseOnnx(names, nameOfAll(names), (path) => path);
  const model = files.find(({ name }) => name === chosen) as NamedFile;
  const location = baseOf(model.name);
  const data = externalData(model, files);
  const contents = new Map([[location, model.bytes], ...data]);
  const config = files.find(({ name }) => baseOf(name) === CONFIG);
  const says = config && modelConfigIn(textOf(config));
  const preprocessing =
    files.find(({ name }) => baseOf(name) === PREPROCESSING) ?? (says?.preprocesses ? config : undefined);
  const known = new Set<NamedFile | undefined>([model, config, preprocessing]);
  const labels =
    files.find((file) => !known.has(file) && /\.(txt|json)$/i.test(file.name)) ??
    (says?.namesClasses ? config : undefined);
  const all = [...contents.values()];
  return {
    name: location,
    handle: await jointDigest(await Promise.all(all.map(digest)), digest),
    bytes: all.reduce((sum, { byteLength }) => sum + byteLength, 0),
    source: { location, bytes: model.bytes, weights: { files: contents } },
    labels: labels && textOf(labels),
    preprocessing: preprocessing && textOf(preprocessing),
    scoreFunction: says?.scoreFunction,
    warnings: [],
  };
}

/** The other files that hold a model's weights, by the names that it has for them. What is missing is named when it is loaded. */
function externalData(model: NamedFile, files: readonly NamedFile[]): [location: string, bytes: Uint8Array][] {
  const locations = new Set<string>();
  const read = (offset: number, length: number) => model.bytes.subarray(offset, offset + length);
  skimModel({ size: model.bytes.byteLength, read }, baseOf(model.name), (location) => {
    locations.add(location);
    return location;
  });
  const folder = model.name.slice(0, -baseOf(model.name).length);
  return [...locations].flatMap((location): [string, Uint8Array][] => {
    const found =
      files.find(({ name }) => name === `${folder}${location}`) ??
      files.find(({ name }) => baseOf(name) === baseOf(location));
    return found ? [[location, found.bytes]] : [];
  });
}

/** One hash for a model in several files. @param digests of each */
export const jointDigest = async (digests: readonly string[], digest: Platform["digest"]): Promise<string> =>
  digests.length === 1 ? (digests[0] as string) : digest(new TextEncoder().encode(digests.join()));

/** @throws LimnError `bad-input` for an empty file */
export const textOf = ({ name, bytes }: NamedFile): TextFile => ({
  name,
  text: () => {
    if (bytes.byteLength === 0) throw new LimnError("bad-input", `${name}: the file is empty`);
    return new TextDecoder().decode(bytes);
  },
});

const baseOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

const nameOfAll = (names: readonly string[]): string => (names.length === 1 ? (names[0] as string) : "the files");
