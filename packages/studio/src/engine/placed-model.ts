import {
  COMPANIONS,
  chooseOnnx,
  LimnError,
  type ModelSource,
  modelConfigIn,
  skimModel,
  type TextClasses,
  type TextFile,
} from "@limn/core";
import { textOf } from "@limn/node/text-encoding";
import type { NamedFile } from "./engine.js";

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

/** Gives the SHA-256 of some bytes, in hexadecimal digits. */
export type Digest = (bytes: Uint8Array) => Promise<string>;

/**
 * Finds the model among files that were opened together, and what came with it: external data, labels, preprocessing.
 * @param files with paths from a common folder, or mere names
 * @throws LimnError `bad-model` for none or several models, `bad-input` for files that are no part of a model
 */
export async function placedModel(files: readonly NamedFile[], digest: Digest): Promise<PlacedModel> {
  const model = modelAmong(files);
  const location = baseOf(model.name);
  const data = externalData(model, files);
  const contents = new Map([[location, model.bytes], ...data]);
  const all = [...contents.values()];
  return {
    name: location,
    handle: await jointDigest(await Promise.all(all.map(digest)), digest),
    bytes: all.reduce((sum, { byteLength }) => sum + byteLength, 0),
    source: { location, bytes: model.bytes, weights: { files: contents } },
    ...companionsAmong(files.filter((file) => file !== model)),
    warnings: [],
  };
}

/** The only .onnx file; of several, the one that a folder's model is. */
function modelAmong(files: readonly NamedFile[]): NamedFile {
  const models = files.filter(({ name }) => /\.onnx$/i.test(name));
  // what is named by itself is taken for what it is said to be, and then says itself what it is
  const only = models.length === 1 ? models[0] : files.length === 1 ? files[0] : undefined;
  if (only) return only;
  const folder = commonFolder(files.map(({ name }) => name));
  const paths = files.map(({ name }) => name.slice(folder.length));
  const chosen = chooseOnnx(paths, folder.slice(0, -1) || nameOfAll(paths), (path) => path);
  return files[paths.indexOf(chosen)] as NamedFile;
}

/** The folder that all files are in, with a slash at its end; empty if they are at the top. */
function commonFolder(paths: readonly string[]): string {
  const [first = ""] = paths;
  let folder = first.slice(0, first.lastIndexOf("/") + 1);
  while (!paths.every((path) => path.startsWith(folder)))
    folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  return folder;
}

/** A model next to which files were put later; what they say counts. */
export function withCompanions(placed: PlacedModel, files: readonly NamedFile[]): PlacedModel {
  const { labels, preprocessing, scoreFunction } = companionsAmong(files);
  return {
    ...placed,
    ...(labels ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    ...(scoreFunction ? { scoreFunction } : {}),
  };
}

/** What files next to a model say of it. */
function companionsAmong(files: readonly NamedFile[]): Pick<PlacedModel, "labels" | "preprocessing" | "scoreFunction"> {
  const config = files.find(({ name }) => baseOf(name) === COMPANIONS.config);
  const says = config && modelConfigIn(textFile(config));
  const preprocessing =
    files.find(({ name }) => baseOf(name) === COMPANIONS.preprocessing) ?? (says?.preprocesses ? config : undefined);
  const texts = files.filter((file) => file !== config && file !== preprocessing && isText(file));
  // a folder may hold texts about anything
  const lists = texts.length === 1 ? texts : texts.filter(({ name }) => /label|class|names|synset/i.test(baseOf(name)));
  const labels = lists[0] ?? (says?.namesClasses ? config : undefined);
  return {
    labels: labels && textFile(labels),
    preprocessing: preprocessing && textFile(preprocessing),
    scoreFunction: says?.scoreFunction,
  };
}

/** Files of labels are told by their ending: all others may be pictures, or weights. */
const isText = ({ name }: NamedFile): boolean => /\.(txt|json|csv)$/i.test(name);

/** The names of the other files that hold a model's weights: paths from its own folder. */
export function weightFilesOf({ name, bytes }: NamedFile): string[] {
  const locations = new Set<string>();
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  skimModel({ size: bytes.byteLength, read }, baseOf(name), (location) => {
    locations.add(location);
    return location;
  });
  return [...locations];
}

/** The other files that hold a model's weights, by the names that it has for them. What is missing is named when it is loaded. */
function externalData(model: NamedFile, files: readonly NamedFile[]): [location: string, bytes: Uint8Array][] {
  const folder = model.name.slice(0, -baseOf(model.name).length);
  return weightFilesOf(model).flatMap((location): [string, Uint8Array][] => {
    const found =
      files.find(({ name }) => name === `${folder}${location}`) ??
      files.find(({ name }) => baseOf(name) === baseOf(location));
    return found ? [[location, found.bytes]] : [];
  });
}

/** One hash for a model in several files. @param digests of each */
export const jointDigest = async (digests: readonly string[], digest: Digest): Promise<string> =>
  digests.length === 1 ? (digests[0] as string) : digest(new TextEncoder().encode(digests.join()));

/** @throws LimnError `bad-input` for an empty file, and for text in an encoding that is not known */
const textFile = ({ name, bytes }: NamedFile): TextFile => ({
  name,
  text: () => {
    if (bytes.byteLength === 0) throw new LimnError("bad-input", `${name}: the file is empty`);
    const text = textOf(bytes);
    if (text !== undefined && !text.includes("\0")) return text;
    throw new LimnError(
      "bad-input",
      `${name}: this is not text in UTF-8, UTF-16 with a byte order mark or Windows-1252; save it as UTF-8`,
    );
  },
});

const baseOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

const nameOfAll = (names: readonly string[]): string => (names.length === 1 ? (names[0] as string) : "the files");
