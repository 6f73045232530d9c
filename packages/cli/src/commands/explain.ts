import { LimnError, VERSION } from "@limn/core";
import { type Format, FORMATS, PictureExplainer, type PictureExplanation, type SavedMap, saveExplanations } from "@limn/node";
import { Command, InvalidArgumentError } from "commander";
import {
  collect,
  given,
  type ModelOptions,
  parseList,
  parseSettings,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
} from "../options.js";
import { Progress } from "../progress.js";

interface ExplainOptions extends ModelOptions {
  readonly method?: string[];
  readonly set: string[];
  readonly layer?: string[];
  readonly target: string[];
  readonly preprocess?: string;
  readonly labels?: string;
  readonly out: string;
  readonly format: Format[];
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** @param report takes the exit code where some of the pictures failed */
export const explainCommand = (report: (exitCode: number) => void): Command =>
  withModelOptions(withMethodOptions(new Command("explain")))
    .description("Explains a model's decision on pictures: maps laid over them, as PNG, .npy or JSON.")
    .argument("<model>", "an .onnx file")
    .argument("<image...>", "pictures, or .npy tensors of the model's input shape that are used as they are")
    .option("--target <class>", '"predicted", a class index or a label; may be given again or as a list', collect, [])
    .option("--preprocess <name|file>", "imagenet, tf, unit, caffe, or a JSON file such as preprocessor_config.json")
    .option("--labels <file>", "class names: one per line, or JSON")
    .option("--out <dir>", "where results are written", "limn-out")
    .option("--format <name,...>", `what is written: ${FORMATS.join(", ")}`, parseFormats, ["png"])
    .option("--json", "print one JSON document on stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ limn explain model.onnx cat.jpg
  $ limn explain model.onnx cat.jpg --method grad-cam --layer stage3,last --target predicted --target 281
  $ limn explain model.onnx photos/*.jpg --labels labels.txt --preprocess imagenet --out maps --json
  $ limn explain model.onnx input.npy --method saliency --set saliency.reduce=none --format npy`,
    )
    .action(async (model: string, images: string[], options: ExplainOptions, command: Command) => {
      const verbose = command.optsWithGlobals().verbose === true;
      const progress = new Progress();
      const { layer: layers, preprocess, labels, inputShape, output } = options;
      const methods = options.method?.includes("all") ? "all" : options.method;
      progress.show("loading the model");
      const explainer = await PictureExplainer.open(model, runtimeOf(options), {
        ...given({ methods, layers, preprocess, labels, inputShape, output }),
        options: parseSettings(options.set),
        ...(options.target.length ? { targets: options.target } : {}),
      });
      progress.clear();
      for (const warning of explainer.warnings) process.stderr.write(`limn: warning: ${warning}\n`);

      const results: ReturnType<typeof document>[] = [];
      const errors: { image: string; error: string }[] = [];
      for (const [i, image] of images.entries()) {
        progress.show(`${i + 1} of ${images.length}: ${image}`);
        try {
          const explanations = await explainer.explain(image);
          const saved = await saveExplanations(explainer, explanations, { folder: options.out, formats: options.format });
          progress.clear();
          explanations.forEach((explanation, k) => {
            results.push(document(explanation, saved[k]?.maps ?? []));
          });
          if (!options.json) process.stdout.write(explanations.map((e, k) => summary(e, saved[k]?.sheet)).join(""));
        } catch (error) {
          progress.clear();
          if (images.length === 1 || !(error instanceof LimnError)) throw error;
          errors.push({ image, error: error.message });
          process.stderr.write(`limn: ${verbose ? error.stack : error.message}\n`);
        }
      }
      await explainer.release();
      if (options.json) {
        const { load, compile } = explainer.milliseconds;
        const { location, classes, image } = explainer.classifier;
        const whole = {
          limn: VERSION,
          model: { file: location, classes, input: image.dims, preprocessing: explainer.preprocessing ?? null },
          milliseconds: { load: rounded(load), compile: rounded(compile) },
          warnings: explainer.warnings,
          results,
          errors,
        };
        process.stdout.write(`${JSON.stringify(whole, null, 1)}\n`);
      }
      if (errors.length > 0) report(1);
    });

/** One picture and target of the JSON document. */
function document(explanation: PictureExplanation, saved: readonly SavedMap[]) {
  return {
    image: explanation.path,
    prediction: explanation.prediction,
    target: explanation.target,
    maps: explanation.maps.map(({ request, raw, diagnosis }, i) => ({
      method: request.name,
      layer: request.layer ?? null,
      shape: raw.shape,
      ...statistics(raw.values),
      file: saved[i]?.files[0] ?? null,
      files: saved[i]?.files ?? [],
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

function summary({ path, prediction, target, maps, runMs }: PictureExplanation, sheet: string | undefined): string {
  const [top] = prediction;
  const named = (c: typeof target) => `${c.label ?? `class ${c.index}`} (${(100 * c.probability).toFixed(1)} %)`;
  const about = top && top.index !== target.index ? `, explained: ${named(target)}` : "";
  const lines = [`${path}: ${top ? named(top) : "no class"}${about}, ${maps.length} maps in ${rounded(runMs)} ms`];
  for (const { request, diagnosis } of maps) {
    if (diagnosis) lines.push(`  ${request.output} is blank: ${diagnosis.message}`);
  }
  if (sheet) lines.push(`  -> ${sheet}`);
  return `${lines.join("\n")}\n`;
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

function parseFormats(text: string): Format[] {
  const formats = parseList(text);
  for (const format of formats) {
    if (!FORMATS.includes(format as Format)) throw new InvalidArgumentError(`"${format}" is none of ${FORMATS.join(", ")}`);
  }
  return formats as Format[];
}
