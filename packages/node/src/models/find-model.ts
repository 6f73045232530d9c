import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { chooseOnnx, didYouMean, LimnError, VERSION } from "@limn/core";
import { downloadAddress, hubModelIn, onnxLinks } from "../model-address.js";
import { readTextClasses } from "../text-classes.js";
import { type Companions, companionsOf } from "./companions.js";
import type { FindModelOptions, FoundModel } from "./found-model.js";
import { isMissing } from "./missing-package.js";

/** Models that come with Limn, by name. */
export type EmbeddedModels = Readonly<
  Record<string, Required<Omit<Companions, "scoreFunction" | "config">> & { readonly path: string }>
>;

/**
 * Finds a model by any of its names. The first that fits counts: the path of a file, or of a folder with an .onnx file in
 * it; an embedded model's name; an https:// address; the id `owner/name` of a model on the Hugging Face hub. The last two
 * are downloaded once, into a cache.
 * @param embedded the models that have names of their own. Default: those of `@limn/models`, if that is installed
 * @returns the paths of the model's files, all on this disk; `loadModel` loads it
 * @throws LimnError `bad-model` for a model that can't be found or downloaded, `bad-option` for a revision of a model that
 *   is not from the hub, `bad-input` for embeddings of classes that can't be read, `output` if a download can't be stored
 * @example
 * const found = await findModel("Xenova/resnet-50", { progress: ({ file, loaded }) => console.error(file, loaded) });
 * const classifier = await loadModel(found, onnxRuntime());
 */
export async function findModel(
  model: string,
  options: FindModelOptions = {},
  embedded?: EmbeddedModels,
): Promise<FoundModel> {
  const found = await locate(model, options, embedded);
  if (options.classes === undefined) return found;
  const { classes: texts, names, scoreFunction, warnings } = readTextClasses(options.classes, found.config);
  return {
    ...found,
    classes: { path: options.classes, texts },
    ...(names ? { labels: options.classes } : {}),
    ...(scoreFunction ? { scoreFunction } : {}),
    warnings: [...found.warnings, ...warnings],
  };
}

async function locate(
  model: string,
  options: FindModelOptions,
  embedded: EmbeddedModels | undefined,
): Promise<FoundModel> {
  const path = onDisk(model);
  const named = path === undefined ? (embedded ?? (await installedModels())) : {};
  const known = Object.hasOwn(named, model) ? named[model] : undefined;
  const onHub = path === undefined && !known ? hubModelIn(model) : undefined;
  if (options.revision !== undefined && onHub === undefined) {
    throw new LimnError(
      "bad-option",
      `revision "${options.revision}": ${model} is not a model of the Hugging Face hub, and only those have revisions; leave the revision out`,
    );
  }
  if (path !== undefined) return { path, name: basename(path), ...companionsOf(path), warnings: [] };
  if (known) return { ...known, name: model, warnings: [] };
  if (onHub || /^https?:\/\//i.test(model)) return findByLink(model, options);
  const names = Object.keys(named);
  const advice =
    names.length > 0 ? didYouMean(model, names) : `the embedded models come with npm install @limn/models@${VERSION};`;
  throw new LimnError(
    "bad-model",
    `${model}: there is ${existsSync(model) ? "no .onnx file in this folder" : "no such file"}, and no embedded model with this name; ${advice} or give an .onnx file, an https:// address, or the id owner/name of a model on the Hugging Face hub`,
  );
}

/**
 * Finds a model by an address, or by its id on the Hugging Face hub, whatever is on this disk.
 * @throws LimnError `bad-model` for a model that can't be downloaded, `output` if it can't be stored
 */
export async function findByLink(link: string, { revision, ...options }: FindModelOptions = {}): Promise<FoundModel> {
  const onHub = hubModelIn(link);
  // most runs need neither of these modules
  if (!onHub) return (await import("./url-model.js")).findAtUrl(link, options);
  const { findOnHub } = await import("./hugging-face.js");
  return findOnHub({ ...onHub, ...(revision === undefined ? {} : { revision }) }, options);
}

/**
 * The models that a link leads to, as links of their own: of a model on the hub, its .onnx files.
 * @throws LimnError `bad-model` if the hub refuses, or can't be reached
 */
export async function modelsAt(link: string, options: FindModelOptions = {}): Promise<readonly string[]> {
  const onHub = hubModelIn(link);
  if (!onHub) return [downloadAddress(link).href];
  const { listOnHub } = await import("./hugging-face.js");
  return onnxLinks(onHub, await listOnHub(onHub, options));
}

/** The embedded models are a package of their own: people who bring a model do not need it. */
async function installedModels(): Promise<EmbeddedModels> {
  try {
    return (await import("@limn/models")).EMBEDDED_MODELS;
  } catch (error) {
    if (isMissing(error, ["@limn/models"])) return {};
    throw error;
  }
}

/** Names that can only be paths, even if there is no such file. */
const PLAINLY_PATH = /^[.~/\\]|^[a-z]:[/\\]|\\|^(?!https?:).*\.onnx$/i;

/** The path of the .onnx file that a name stands for; undefined if it is no path. */
function onDisk(model: string): string | undefined {
  const path = !existsSync(model) && /^~[/\\]/.test(model) ? join(homedir(), model.slice(2)) : model;
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const files = isFolder ? filesIn(path) : [];
  const inside = (file: string) => join(path, file);
  if (files.length > 0) return inside(chooseOnnx(files, model, inside));
  return isFolder === false || PLAINLY_PATH.test(model) ? path : undefined;
}

/** The .onnx files of a folder, as exporters and the hub lay them out. */
function filesIn(folder: string): string[] {
  return ["", "onnx/"].flatMap((part) => {
    const inside = join(folder, part);
    const names = existsSync(inside) ? readdirSync(inside) : [];
    return names.filter((name) => /\.onnx$/i.test(name)).map((name) => `${part}${name}`);
  });
}
