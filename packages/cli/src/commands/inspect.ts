import { VERSION } from "@limn/core";
import { type InspectedPhoto, inspect } from "@limn/node";
import { Command } from "commander";
import { downloadOptions } from "../find-model.js";
import { findPictures } from "../find-pictures.js";
import {
  given,
  labelsOption,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  type PictureOptions,
  type PreprocessOptions,
  preprocessingChoice,
  runtimeOf,
  withModelOptions,
  withPictureOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say, warn } from "../say.js";
import { inspectionPage } from "./inspection-page.js";

interface InspectCommandOptions extends ModelOptions, PreprocessOptions, PictureOptions {
  readonly labels?: string;
  readonly json?: boolean;
}

/** @param report takes exit code 1 if something could not be said, or a picture not be read */
export function inspectCommand(report: (exitCode: number) => void): Command {
  const command = new Command("inspect")
    .argument("<model>", MODEL_ARGUMENT)
    .argument("[photo...]", "pictures, .npy tensors, folders or patterns, classified under every preset")
    .addOption(labelsOption())
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPictureOptions(withPreprocessOptions(command)))
    .addHelpText(
      "after",
      `
The page says what the file is and who wrote it; what goes in and what comes
out, and what that is taken to mean, and why; where labels and preprocessing
come from, or what they are guessed from; the layers and the default; which
methods fit, and why others do not; which operators stop gradients or relevance.

Of each photo, it shows the top classes under every preset: a wrong guess is
seen by names that don't fit. How sure the model is tells less, since numbers
that are far too large make a network sure of anything.

Of a model that can't be explained, the page says what can still be said, and
the reason. The exit code is 1 then, and if a photo can't be read.

Examples:
  $ limn inspect model.onnx
  $ limn inspect model.onnx cat.jpg dog.jpg --labels labels.txt
  $ limn inspect Xenova/resnet-50 photos
  $ limn inspect model.onnx --json`,
    )
    .action(async (model: string, photos: string[], options: InspectCommandOptions) => {
      report(await inspectModel(model, photos, options));
    });
}

/** @returns the exit code */
async function inspectModel(model: string, named: readonly string[], options: InspectCommandOptions): Promise<number> {
  const { labels, range, json } = options;
  const { files, missing, leftOut } = await findPictures(named);
  if (leftOut) warn([leftOut]);
  const progress = new Progress();
  progress.show(`inspecting ${model}`);
  const found = await inspect(model, runtimeOf(options), {
    ...loadChoice(options),
    ...given({ labels, range }),
    ...preprocessingChoice(options),
    ...downloadOptions(options, progress),
    photos: files,
  }).finally(() => progress.clear());
  const lost = missing.map(({ image, error }): InspectedPhoto => ({ path: image, error }));
  const inspection = { ...found, photos: [...(found.photos ?? []), ...lost] };
  process.stdout.write(
    json ? `${JSON.stringify({ limn: VERSION, ...inspection }, null, 1)}\n` : inspectionPage(inspection),
  );
  const errors = inspection.photos.flatMap((photo) => ("error" in photo ? photo.error : []));
  // the page says it already
  if (json) for (const text of [...found.refusals, ...errors]) say(text);
  return found.refusals.length + errors.length > 0 ? 1 : 0;
}
