import { LimnError } from "@limn/core";
import { checkLook, FORMATS, type Format, PictureExplainer, saidOnce, saveExplanations, uniqueStems } from "@limn/node";
import { Command, InvalidArgumentError, Option } from "commander";
import { downloadOptions } from "../find-model.js";
import { areTensors, findPictures, type PictureError } from "../find-pictures.js";
import { type LookOptions, lookOf, withLookOptions } from "../look-options.js";
import { OPEN, openFile } from "../open-file.js";
import {
  collect,
  given,
  labelsOption,
  loadChoice,
  type MethodOptions,
  MODEL_ARGUMENT,
  type ModelOptions,
  methodsOf,
  OUT,
  type PictureOptions,
  type PreprocessOptions,
  parseList,
  parseNumber,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  TARGETS,
  withMethodOptions,
  withModelOptions,
  withPictureOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { detail, say, sayError, warn } from "../say.js";
import {
  type ContrastDocument,
  contrastDocumentOf,
  documentOfAll,
  explanationDocument,
  type PictureDocument,
  summaryOf,
} from "./explain-report.js";

export interface ExplainOptions extends ModelOptions, MethodOptions, PreprocessOptions, PictureOptions, LookOptions {
  readonly target?: string[];
  readonly labels?: string;
  readonly threshold?: number;
  readonly out: string;
  readonly format: Format[];
  readonly open?: boolean;
  readonly json?: boolean;
}

/** @param report takes the exit code if some of the pictures or methods failed */
export function explainCommand(report: (exitCode: number) => void): Command {
  const command = new Command("explain")
    .argument("<model>", MODEL_ARGUMENT)
    .argument(
      "<image...>",
      "pictures, or .npy tensors of the model's input shape, which are used as they are; also folders of them, and patterns in quotes",
    );
  withPictureOptions(withPreprocessOptions(withMethodOptions(command)))
    .option("--target <class,...>", TARGETS, collect)
    .addOption(labelsOption())
    .option(
      "--threshold <p>",
      "of independent labels, every one of this probability is explained (default: 0.5)",
      parseShare,
    )
    .option("--out <dir>", OUT, "limn-out")
    .option("--open", OPEN)
    .addOption(
      new Option("--format <name,...>", `what is written: ${FORMATS.join(", ")}`)
        .argParser(parseFormats)
        .default(["png"], "png"),
    )
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withLookOptions(command))
    .addHelpText("after", HELP)
    .action(async (model: string, images: string[], options: ExplainOptions) => {
      const { files, missing, leftOut } = await findPictures(images);
      for (const { error } of missing) say(error);
      if (leftOut) warn([leftOut]);
      // a document is whole even then
      if (files.length === 0 && !options.json) report(1);
      else report(await explain(model, files, options, { missing }));
    });
}

/**
 * Does what `limn explain` does, also for commands that bring a model and pictures of their own.
 * @param missing pictures that don't exist, which was said already
 * @returns the exit code
 */
export async function explain(
  model: string,
  images: readonly string[],
  options: ExplainOptions,
  { missing = [] }: { missing?: readonly PictureError[] } = {},
): Promise<number> {
  const { labels, threshold, batch, range } = options;
  const look = lookOf(options);
  // before the model is loaded
  checkLook(look);
  const stems = uniqueStems(images);
  const progress = new Progress();
  progress.show(`loading ${model}`);
  const explainer = await PictureExplainer.open(model, runtimeOf(options), {
    ...given({
      methods: methodsOf(options.method),
      layers: options.layer,
      targets: options.target,
      labels,
      threshold,
      batch,
      range,
    }),
    ...loadChoice(options),
    ...preprocessingChoice(options),
    ...downloadOptions(options, progress),
    options: parseSettings(options.set),
    partial: true,
    pictures: images.length,
    tensorsOnly: areTensors(images),
  }).finally(() => progress.clear());
  const told = new Set<string>();
  const tell = () => {
    warn(explainer.warnings);
    for (const text of saidOnce(explainer.failures)) {
      if (!told.has(text)) say(text);
      told.add(text);
    }
  };
  tell();
  const { load, compile } = explainer.milliseconds;
  detail(`labels: ${explainer.labelsFrom ?? "none"}`);
  detail(`preprocessing: ${explainer.preprocessingFrom}`);
  detail(`loaded in ${Math.round(load)} ms, compiled in ${Math.round(compile)} ms`);

  const results: PictureDocument[] = [];
  const contrasts: ContrastDocument[] = [];
  const sheets: string[] = [];
  const errors = [...missing];
  for (const [i, image] of images.entries()) {
    progress.show(`${i + 1} of ${images.length}: ${image}`);
    try {
      const explanations = await explainer.explain(image, undefined, {
        onProgress: ({ map, done, total }) => progress.bar(`${image}: ${map.output}`, done, total, "steps"),
      });
      const { out: folder, format: formats } = options;
      const saved = await saveExplanations(explainer, explanations, {
        folder,
        formats,
        look,
        ...given({ stem: stems[i] }),
      });
      progress.clear();
      tell();
      warn(explanations.flatMap(({ warnings }) => warnings));
      explanations.forEach((explanation, k) => {
        results.push(explanationDocument(explanation, saved[k]));
      });
      const sheet = saved[0]?.sheet;
      if (sheet) sheets.push(sheet);
      const contrast = contrastDocumentOf(explanations, saved);
      if (contrast) contrasts.push(contrast);
      if (!options.json) process.stdout.write(summaryOf(explanations, saved, folder));
    } catch (error) {
      progress.clear();
      // if one picture's files can't be written, the others' can't either
      if (!(error instanceof LimnError) || error.code === "output" || error.code === "bad-option") throw error;
      errors.push({ image, error: error.message });
      sayError(error.message, error);
    }
  }
  await explainer.release();
  if (options.json) {
    const document = documentOfAll(explainer, results, contrasts, errors);
    process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
  }
  // a window for each of a hundred pictures would be no help
  const [sheet] = sheets;
  if (options.open && sheet) await openFile(sheet);
  return errors.length > 0 || explainer.failures.length > 0 ? 1 : 0;
}

const HELP = `
Examples:
  $ limn explain model.onnx cat.jpg
  $ limn explain model.onnx cat.jpg --method all
  $ limn explain model.onnx cat.jpg --method grad-cam --format overlay --opacity 0.6
  $ limn explain model.onnx cat.jpg --method grad-cam --layer stage3,last --target predicted --target 281
  $ limn explain model.onnx photos "more/**/*.jpg" --method grad-cam
  $ limn explain model.onnx photos/*.jpg --labels labels.txt --preprocess imagenet --out maps --json
  $ limn explain model.onnx input.npy --method saliency --set saliency.reduce=none --format npy
  $ limn explain scenes-resnet scene.png --target cat,dog
  $ limn explain Xenova/resnet-50 cat.jpg --revision main

Files in the folder that --out names: cat.sheet.png shows the maps of cat.jpg,
cat.grad-cam.png is one of them; the formats webp and svg give the same. With
the format overlay, cat.grad-cam.overlay.png is the map on the picture alone.
With two targets, cat.grad-cam.contrast.png is the map of the first minus that
of the second. With the format npy, cat.grad-cam.npy is the raw map, and
cat.grad-cam.picture.npy the same map on the picture's pixels.`;

function parseShare(text: string): number {
  const share = parseNumber(text);
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("give a number from 0 to 1");
}

function parseFormats(text: string): Format[] {
  const formats = parseList(text);
  const unknown = formats.find((format) => !FORMATS.includes(format as Format));
  if (unknown === undefined) return formats as Format[];
  throw new InvalidArgumentError(`there is no format "${unknown}"; give one or more of ${FORMATS.join(", ")}`);
}
