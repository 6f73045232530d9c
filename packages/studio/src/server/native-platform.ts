import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LimnError, type Runtime, type TextFile } from "@limn/core";
import {
  type DownloadProgress,
  type FoundModel,
  findModel,
  labelSetText,
  readModelFile,
  readPicture,
} from "@limn/node";
import { findByLink, modelsAt, readInput, readText, weightFilesOf } from "@limn/node/internal";
import type { Call, Named } from "../engine/engine.js";
import { modelLinks } from "../engine/model-links.js";
import { MODELS, PICTURES } from "../engine/named.js";
import { jointDigest, type PlacedModel } from "../engine/placed-model.js";
import type { Platform } from "../engine/platform.js";
import { Evaluations, type OfferedResults } from "./evaluations.js";
import { linkedPicture } from "./linked-picture.js";

/** What a person named on the command line: nothing else on this disk is read. */
export interface Offer {
  /** As `findModel` of @limn/node takes them. */
  readonly models?: readonly string[];
  /** Paths. */
  readonly pictures?: readonly string[];
  readonly evaluations?: readonly OfferedResults[];
}

const PICTURES_FOLDER = fileURLToPath(new URL("../../pictures/", import.meta.url));

/** Runs a workbench in Node, with all formats of pictures, and models of any size, which are read where they are. */
export function nativePlatform(
  runtime: Runtime,
  { models = [], pictures = [], evaluations = [] }: Offer = {},
  runtimeName = "onnxruntime-node",
): Platform {
  const shelf = new Evaluations(evaluations);
  const named = new Map(models.map((model) => [nameOfModel(model), model]));
  const photos = new Map(pictures.map((path) => [path, path]));
  for (const { name } of PICTURES) photos.set(name, join(PICTURES_FOLDER, `${name}.png`));
  const own = models.map((model): Named => ({ name: nameOfModel(model), summary: "named on the command line" }));
  return {
    kind: "native",
    runtime,
    runtimeName,
    models: [...own, ...MODELS.filter(({ name }) => !named.has(name))],
    pictures: [...pictures.map((path): Named => ({ name: path, summary: basename(path) })), ...PICTURES],
    async model(name, call) {
      const model = named.get(name) ?? MODELS.find((one) => one.name === name)?.name;
      if (model === undefined) {
        throw new LimnError(
          "bad-model",
          `${name}: no such model was named; start limn studio with it, or drop its files`,
        );
      }
      return placed(await findModel(model, downloading(call)));
    },
    modelsAt: async (link, call) => modelLinks(await modelsAt(link, downloading(call))),
    // whatever a link's words are, nothing on this disk is read
    linkedModel: async (link, call) => placed(await findByLink(link, downloading(call))),
    linkedPicture,
    async picture(name) {
      const path = photos.get(name);
      if (path === undefined) {
        const found = await shelf.picture(name);
        if (found) return found;
        throw new LimnError("bad-input", `${name}: no such picture was named; start limn studio with it, or drop it`);
      }
      return { name: basename(path), bytes: readInput(path, "a picture") };
    },
    async decode({ name, bytes }) {
      const { warnings, ...picture } = await readPicture(bytes, name);
      return { picture, warnings };
    },
    labelSet: async (name) => labelSetText(name),
    digest,
    evaluations: async () => shelf.summaries(),
    evaluation: async (name) => shelf.evaluation(name),
    pause: () => setImmediate(),
  };
}

/** How a download is followed and ended. */
const downloading = ({ signal, onStep }: Call) => ({
  ...(signal ? { signal } : {}),
  progress: ({ file, loaded, total }: DownloadProgress) =>
    onStep?.({ doing: `downloading ${file}`, done: loaded, total: total ?? loaded }),
});

/** What the page calls a model. */
export const nameOfModel = (model: string): string => basename(model.replace(/[/\\]+$/, "")) || model;

/** A model where it lies: its weights are not read. */
async function placed(found: FoundModel): Promise<PlacedModel> {
  const { path, name, warnings } = found;
  // it says what is wrong with the file itself
  const source = readModelFile(path, name);
  const files = [path, ...weightFilesOf(path).map((file) => join(dirname(path), file))];
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size);
  // what is missing is named when the model is loaded
  const there = files.filter((_, i) => sizes[i] !== undefined);
  const digests: string[] = [];
  for (const file of there) digests.push(await digestOf(createReadStream(file)));
  return {
    name,
    handle: await jointDigest(digests, digest),
    bytes: sizes.reduce((sum: number, size) => sum + (size ?? 0), 0),
    source,
    labels: fileAt(found.labels),
    preprocessing: fileAt(found.preprocessing),
    scoreFunction: found.scoreFunction,
    classes: found.classes?.texts,
    warnings,
  };
}

const digest = async (bytes: Uint8Array): Promise<string> => createHash("sha256").update(bytes).digest("hex");

async function digestOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}

const fileAt = (path: string | undefined): TextFile | undefined =>
  path === undefined ? undefined : { name: path, text: () => readText(path, "a text file") };
