import { extname } from "node:path";
import { LimnError, PRESET_NAMES, VERSION } from "@limn/core";
import {
  FORMATS,
  type Format,
  PictureExplainer,
  type PictureExplanation,
  type SavedExplanation,
  saveExplanations,
  uniqueStems,
} from "@limn/node";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  collect,
  given,
  type ModelOptions,
  methodsOf,
  parseList,
  parseSettings,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say } from "../say.js";

interface ExplainOptions extends ModelOptions {
  readonly method?: string[];
  readonly set?: string[];
  readonly layer?: string[];
  readonly target?: string[];
  readonly preprocess?: string;
  readonly labels?: string;
  readonly out: string;
  readonly format: Format[];
  readonly json?: boolean;
}

/** @param report takes the exit code where some of the pictures failed */
export const explainCommand = (report: (exitCode: number) => void): Command =>
  withModelOptions(withMethodOptions(new Command("explain")))
    .description("Explains a model's decision on pictures: maps laid over them, as PNG, .npy or JSON.")
    .argument("<model>", "an .onnx file")
    .argument("<image...>", "pictures, or .npy tensors of the model's input shape that are used as they are")
    .option(
      "--target <class>",
      '"predicted" (the default), a class index or a label; may be given again',
      (value: string, before?: string[]) => collect(value, before),
    )
    .option("--preprocess <name|file>", `${PRESET_NAMES.join(", ")}, or a JSON file such as preprocessor_config.json`)
    .option("--labels <file>", "class names: one per line, or JSON")
    .option("--out <dir>", "where results are written", "limn-out")
    .addOption(
      new Option("--format <name,...>", `what is written: ${FORMATS.join(", ")}`)
        .argParser(parseFormats)
        .default(["png"], "png"),
    )
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", HELP)
    .action(async (model: string, paths: string[], options: ExplainOptions, command: Command) => {
      const { layer: layers, target: targets, preprocess, labels, inputShape, output } = options;
      const images = [...new Set(paths)];
      const stems = uniqueStems(images);
      const progress = new Progress();
      progress.show(`loading ${model}`);
      const explainer = await PictureExplainer.open(model, runtimeOf(options), {
        ...given({ methods: methodsOf(options.method), layers, targets, preprocess, labels, inputShape, output }),
        options: parseSettings(options.set),
        tensorsOnly: images.every((path) => extname(path).toLowerCase() === ".npy"),
      }).finally(() => progress.clear());
      for (const warning of explainer.warnings) say(`warning: ${warning}`);

      const results: ReturnType<typeof document>[] = [];
      const errors: { image: string; error: string }[] = [];
      for (const [i, image] of images.entries()) {
        progress.show(`${i + 1} of ${images.length}: ${image}`);
        try {
          const explanations = await explainer.explain(image);
          const { out: folder, format: formats } = options;
          const saved = await saveExplanations(explainer, explanations, {
            folder,
            formats,
            ...given({ stem: stems[i] }),
          });
          progress.clear();
          for (const warning of explanations[0]?.warnings ?? []) say(`warning: ${warning}`);
          explanations.forEach((explanation, k) => {
            results.push(document(explanation, saved[k]));
          });
          if (!options.json) process.stdout.write(summary(explanations, saved, folder));
        } catch (error) {
          progress.clear();
          // what can't be written for one picture can't be for the others
          if (!(error instanceof LimnError) || error.code === "output" || error.code === "bad-option") throw error;
          errors.push({ image, error: error.message });
          if (command.optsWithGlobals().verbose) process.stderr.write(`limn: ${error.stack}\n`);
          else say(error.message);
        }
      }
      await explainer.release();
      if (options.json) process.stdout.write(`${JSON.stringify(wholeDocument(explainer, results, errors), null, 1)}\n`);
      if (errors.length > 0) report(1);
    });

const HELP = `
Examples:
  $ limn explain model.onnx cat.jpg
  $ limn explain model.onnx cat.jpg --method grad-cam --layer stage3,last --target predicted --target 281
  $ limn explain model.onnx photos/*.jpg --labels labels.txt --preprocess imagenet --out maps --json
  $ limn explain model.onnx input.npy --method saliency --set saliency.reduce=none --format npy

Files, in the folder that --out names: cat.sheet.png compares all maps of cat.jpg, cat.grad-cam.png is one of them.
Of format npy, cat.grad-cam.npy is the raw map and cat.grad-cam.picture.npy the same on the picture's pixels.`;

function wholeDocument(
  { milliseconds, classifier, preprocessing, warnings }: PictureExplainer,
  results: readonly ReturnType<typeof document>[],
  errors: readonly { image: string; error: string }[],
) {
  const { location, classes, image } = classifier;
  return {
    limn: VERSION,
    model: { file: location, classes, input: image.dims, preprocessing: preprocessing ?? null },
    milliseconds: { load: rounded(milliseconds.load), compile: rounded(milliseconds.compile) },
    warnings,
    results,
    errors,
  };
}

/** One picture and target of the JSON document. */
function document(explanation: PictureExplanation, saved: SavedExplanation | undefined) {
  return {
    image: explanation.path,
    prediction: explanation.prediction,
    target: explanation.target,
    sheet: saved?.sheet ?? null,
    maps: explanation.maps.map(({ request, raw, diagnosis }, i) => ({
      method: request.name,
      layer: request.layer ?? null,
      shape: raw.shape,
      ...statistics(raw.values),
      file: saved?.maps[i]?.files[0] ?? null,
      files: saved?.maps[i]?.files ?? [],
      diagnosis: diagnosis ?? null,
    })),
    milliseconds: { run: rounded(explanation.runMs) },
    warnings: explanation.warnings,
  };
}

/** NaN has no form in JSON: null stands for it. */
function statistics(values: Float32Array): { min: number | null; max: number | null; sum: number | null } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  return { min, max, sum };
}

/** What a person reads of one picture. */
function summary(
  explanations: readonly PictureExplanation[],
  saved: readonly SavedExplanation[],
  folder: string,
): string {
  const [first] = explanations;
  if (!first) return "";
  const lines = [`${first.path}: ${first.prediction.slice(0, 3).map(named).join(", then ")}`];
  for (const { target, maps, runMs } of explanations) {
    lines.push(
      `  why ${nameOf(target)}: ${maps.map(({ request }) => request.output).join(", ")} in ${Math.round(runMs)} ms`,
    );
    for (const { request, diagnosis } of maps) {
      if (diagnosis) lines.push(`    ${request.output} is blank: ${diagnosis.message}`);
    }
  }
  const files = saved.reduce((sum, { maps }) => sum + maps.reduce((count, map) => count + map.files.length, 0), 0);
  const sheet = saved[0]?.sheet;
  const more = `${files} ${files === 1 ? "file" : "files"}`;
  lines.push(sheet ? `  -> ${sheet} and ${more} beside it` : `  -> ${more} in ${folder}`);
  return `${lines.join("\n")}\n`;
}

type Class = PictureExplanation["target"];

const nameOf = ({ index, label }: Class): string => label ?? `class ${index}`;

const named = (c: Class): string => `${nameOf(c)} (${(100 * c.probability).toFixed(1)} %)`;

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

function parseFormats(text: string): Format[] {
  const formats = parseList(text);
  const unknown = formats.find((format) => !FORMATS.includes(format as Format));
  if (unknown === undefined) return formats as Format[];
  throw new InvalidArgumentError(`"${unknown}" is none of ${FORMATS.join(", ")}`);
}
