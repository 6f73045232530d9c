import type { Classifier } from "@limn/core";
import { type FindModelOptions, type FoundModel, findModel, loadModel } from "@limn/node";
import { given, loadChoice, type ModelOptions, runtimeOf } from "./options.js";
import { Progress } from "./progress.js";
import { warn } from "./say.js";

/** The options for finding a command's model, with the progress of downloads on stderr. */
export const downloadOptions = ({ revision, classes }: ModelOptions, progress: Progress): FindModelOptions => ({
  ...given({ revision, classes }),
  progress: ({ file, loaded, total }) => {
    if (loaded === total) progress.show(`loading ${file}`);
    else progress.bar(`downloading ${file}`, loaded, total, "bytes");
  },
});

/** Finds a command's model, with progress and warnings on stderr. */
export async function findModelFor(model: string, options: ModelOptions): Promise<FoundModel> {
  const progress = new Progress();
  const found = await findModel(model, downloadOptions(options, progress)).finally(() => progress.clear());
  warn(found.warnings);
  return found;
}

/** Loads the model of a command that needs neither its labels nor its preprocessing. */
export async function loadModelFor(model: string, options: ModelOptions): Promise<Classifier> {
  const found = await findModelFor(model, options);
  const classifier = await loadModel(found, runtimeOf(options), loadChoice(options));
  warn(classifier.warnings);
  return classifier;
}
