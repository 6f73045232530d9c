import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type ChosenPreprocessing,
  type Classifier,
  cautionOf,
  type FoundLabels,
  fileFactsOf,
  fittingMethods,
  LimnError,
  layersOf,
  type ModelSource,
  meaningOf,
  obstaclesOf,
  presetOf,
  type Runtime,
  rangeAfter,
  reasonOf,
} from "@limn/core";
import { choosePreprocessing } from "../choose-preprocessing.js";
import { readModelFile, weightFilesOf } from "../model-file.js";
import { findModel } from "../models/find-model.js";
import type { FoundModel } from "../models/found-model.js";
import { loadModel } from "../models/load-model.js";
import { type ClassifierChoice, loadOptionsOf, refuseBatches } from "../open-classifier.js";
import type { PixelRange } from "../pixel-range.js";
import { labelsFor } from "../read-labels.js";
import type { InspectedInput, InspectedParts, Inspection } from "./inspection.js";
import { viewsOf } from "./views.js";

/** What `inspect` takes. */
export interface InspectOptions extends Omit<ClassifierChoice, "tensorsOnly"> {
  /** Pictures, or .npy tensors, that are classified under every preset. */
  readonly photos?: readonly string[];
  /** Which values become black and white in pictures with more than 8 bits. */
  readonly range?: PixelRange | undefined;
}

/** A model as the parts of an inspection see it; what can't be had throws when it is asked for. */
interface Subject {
  readonly found: FoundModel;
  readonly source: ModelSource;
  readonly runtime: Runtime;
  readonly options: InspectOptions;
  readonly classifier: () => Promise<Classifier>;
  readonly labels: () => Promise<FoundLabels>;
  readonly preprocessing: () => Promise<ChosenPreprocessing>;
}

type Parts = { readonly [K in keyof InspectedParts]: (subject: Subject) => Promise<InspectedParts[K]> };

/** How each part is found, in the order of a page. */
const PARTS: Parts = {
  async file({ found: { path }, source }) {
    const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? null;
    const weightFiles = weightFilesOf(path).map((file) => ({ name: file, bytes: sizeOf(join(dirname(path), file)) }));
    return { path, bytes: sizeOf(path) ?? 0, ...fileFactsOf(source), weightFiles };
  },
  async input({ classifier, preprocessing }) {
    const { image, rawPixels } = await classifier();
    const { input } = await preprocessing();
    return { name: image.name, shape: image.dims, summary: takes(input, rawPixels) } satisfies InspectedInput;
  },
  async output({ classifier }) {
    return meaningOf(await classifier());
  },
  async labels({ labels }) {
    const { labels: names = [], labelsFrom = null } = await labels();
    return { from: labelsFrom, names };
  },
  async preprocessing({ preprocessing }) {
    const { source, foundIn, preprocessing: values } = await preprocessing();
    return { source, foundIn, preset: (values && presetOf(values)) ?? null, values: values ?? null };
  },
  async layers({ classifier }) {
    const layers = layersOf(await classifier());
    const notable = layers.filter(({ stage, isDefault }) => stage !== undefined || isDefault);
    return {
      count: layers.length,
      notable: notable.map(({ tensor, node, operator, shape, depth, isDefault, signed, stage = null }) => {
        return { stage, tensor, node, operator, shape, depth, isDefault, signed };
      }),
      caution: cautionOf(await classifier(), layers) ?? null,
    };
  },
  async methods({ classifier, preprocessing }) {
    const { preprocessing: values } = await preprocessing();
    return fittingMethods(await classifier(), values && rangeAfter(values));
  },
  async obstacles({ classifier }) {
    return obstaclesOf(await classifier());
  },
  async photos({ classifier, labels, preprocessing, runtime, options: { photos = [], range } }) {
    if (photos.length === 0) return [];
    return viewsOf(photos, await classifier(), runtime, {
      labels: (await labels()).labels,
      chosen: await preprocessing(),
      range,
    });
  },
};

/**
 * Says what Limn sees in a model: its file, input and output and what they are taken to mean, labels and preprocessing and
 * where they were found, layers, which methods fit, what stops gradients or relevance; and what it says of photos under each
 * preset. Of a model that can't be explained, it says what it can.
 * @param model a path, or another of the names that `findModel` knows
 * @returns the parts; those that can't be said are null, and `refusals` says why
 * @throws LimnError as `findModel` and `readModelFile` do, if there is no such model or its file can't be read
 * @example
 * const { preprocessing, methods, refusals } = await inspect("model.onnx", onnxRuntime(), { photos: ["cat.jpg"] });
 */
export async function inspect(model: string, runtime: Runtime, options: InspectOptions = {}): Promise<Inspection> {
  const found = await findModel(model, options);
  const { subject, warnings } = subjectOf(found, runtime, options);
  const refusals = new Set<string>();
  const part = async <K extends keyof Parts>(name: K): Promise<InspectedParts[K] | null> => {
    try {
      return await PARTS[name](subject);
    } catch (error) {
      refusals.add(
        error instanceof LimnError
          ? error.message
          : `${name}: Limn itself fails on this model (${reasonOf(error)}); report the model`,
      );
      return null;
    }
  };
  // one after the other: ONNX Runtime takes all cores, and some need what others have loaded
  return {
    model: found.name,
    file: await part("file"),
    input: await part("input"),
    output: await part("output"),
    labels: await part("labels"),
    preprocessing: await part("preprocessing"),
    layers: await part("layers"),
    methods: await part("methods"),
    obstacles: await part("obstacles"),
    photos: await part("photos"),
    warnings: [...new Set(warnings)],
    refusals: [...refusals],
  };
}

/** @returns the model, of which nothing is loaded yet, and the list that warnings are added to as it is */
function subjectOf(found: FoundModel, runtime: Runtime, options: InspectOptions) {
  const warnings = [...found.warnings];
  const warned = <T extends { readonly warnings: readonly string[] }>(part: T): T => {
    warnings.push(...part.warnings);
    return part;
  };
  const classifier = once(async () => warned(await loadModel(found, runtime, loadOptionsOf(options))));
  const subject: Subject = {
    found,
    source: readModelFile(found.path, found.name),
    runtime,
    options,
    classifier,
    labels: once(async () => warned(labelsFor(await classifier(), options.labels ?? found.labels))),
    preprocessing: once(async () => {
      refuseBatches(await classifier(), found);
      const chosen = await choosePreprocessing(options, await classifier(), runtime, found.preprocessing);
      // that it is a guess is a part of the page
      return chosen.guessed ? chosen : warned(chosen);
    }),
  };
  return { subject, warnings };
}

/** A promise that is made when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function takes(input: ChosenPreprocessing["input"], rawPixels: boolean): string {
  if (!input) return "no picture, only .npy tensors";
  const { channels, height, width, layout } = input;
  const kind = `${channels === 1 ? "gray" : "color"} pictures of ${width}x${height} pixels`;
  return `${kind}, channels ${layout === "nchw" ? "first" : "last"}${rawPixels ? ", as whole numbers" : ""}`;
}
