import { dirname, extname, join } from "node:path";
import {
  describeOptions,
  type Imagined,
  type ImaginedPicture,
  type ImagineOptions,
  Imaginer,
  imagineOptions,
  LimnError,
} from "@limn/core";
import {
  choosePreprocessing,
  encodeAnimation,
  encodePicture,
  labelsFor,
  loadModel,
  makeFolder,
  stemOf,
  targetOf,
  writeFileAtomically,
} from "@limn/node";
import { Command } from "commander";
import { findModelFor } from "../find-model.js";
import {
  collect,
  given,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  type PreprocessOptions,
  parseNumber,
  preprocessingChoice,
  runtimeOf,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say } from "../say.js";

interface ImagineCommandOptions extends ModelOptions, PreprocessOptions, ImagineOptions {
  readonly target: string[];
  readonly labels?: string;
  readonly out: string;
  readonly animate?: boolean;
  readonly json?: boolean;
}

/** Frames of an animation, and the time between them. */
const FRAMES = 48;
const FRAME_MS = 60;

export function imagineCommand(report: (exitCode: number) => void): Command {
  const command = new Command("imagine")
    .description("Looks for the picture with the highest score of a class: what the model has in mind.")
    .argument("<model>", MODEL_ARGUMENT)
    .requiredOption("--target <class>", "a class by its index or name; may be repeated", collect)
    .option("--labels <file>", "class names: one per line, or JSON")
    .option(
      "--out <file>",
      "file of the picture (.png, .jpg or .webp); with several classes, each file gets the class's name",
      join("limn-out", "imagined.png"),
    )
    .option("--animate", "also write the steps as an animated .webp next to it")
    .option("--json", "print JSON");
  for (const { name, usual, description } of describeOptions({ options: imagineOptions })) {
    const parse = typeof usual === "number" ? parseNumber : undefined;
    const flag = `--${name} <${typeof usual === "number" ? "number" : "name"}>`;
    if (parse) command.option(flag, `${description} (default: ${usual})`, parse);
    else command.option(flag, `${description} (default: ${usual})`);
  }
  return withModelOptions(withPreprocessOptions(command))
    .addHelpText(
      "after",
      `
Examples:
  $ limn imagine scenes-resnet --target cat --out cat.png
  $ limn imagine model.onnx --labels labels.txt --preprocess imagenet --target "golden retriever" --target pineapple
  $ limn imagine model.onnx --preprocess imagenet --target 207 --steps 1024 --animate --out retriever.png
  $ limn imagine model.onnx --preprocess imagenet --target 207 --parameters pixels --optimizer plain --start zeros`,
    )
    .action(async (model: string, options: ImagineCommandOptions) => {
      await imagine(model, options);
      report(0);
    });
}

async function imagine(model: string, options: ImagineCommandOptions): Promise<void> {
  const { target, out, animate, json } = options;
  const found = await findModelFor(model, options);
  const runtime = runtimeOf(options);
  const classifier = await loadModel(found, runtime, { ...loadChoice(options), ...given({ labels: options.labels }) });
  const { labels, warnings } = labelsFor(classifier, options.labels ?? found.labels);
  const chosen = await choosePreprocessing(preprocessingChoice(options), classifier, runtime, found.preprocessing);
  for (const warning of [...classifier.warnings, ...warnings, ...chosen.warnings]) say(`warning: ${warning}`);
  if (!chosen.preprocessing) {
    throw new LimnError(
      "not-applicable",
      `${model}: the model's input is not a picture, so Limn can't look for one; choose a model that takes pictures`,
    );
  }
  const targets = [...new Set(target.map((choice) => classFor(choice, classifier.classes, labels)))];
  const settings = given(
    Object.fromEntries(
      Object.keys(imagineOptions.entries).map((name) => [name, options[name as keyof ImagineOptions]]),
    ),
  );
  // a file name with a wrong ending is reported before the work
  await encodePicture({ width: 1, height: 1, rgb: new Uint8Array(3) }, out);
  await makeFolder(dirname(out));
  const imaginer = await Imaginer.create(classifier, runtime, chosen.preprocessing, settings);
  const progress = new Progress();
  const results: object[] = [];
  try {
    for (const index of targets) {
      const name = labels?.[index] ?? `class ${index}`;
      const path = targets.length === 1 ? out : join(dirname(out), `${stemOf(out)}.${plain(name)}${extname(out)}`);
      const frames: ImaginedPicture[] = [];
      const imagined = await imaginer.imagine(index, {
        onStep: async ({ step, steps, probability, picture }) => {
          progress.bar(`${name}, ${(100 * probability).toFixed(1)} %`, step, steps, "steps");
          if (animate && (step === 1 || step % Math.ceil(steps / FRAMES) === 0)) frames.push(await picture());
        },
      });
      progress.clear();
      await writeFileAtomically(path, await encodePicture(imagined, path));
      const animation = join(dirname(path), `${stemOf(path)}.webp`);
      if (animate) await writeFileAtomically(animation, await encodeAnimation([...frames, imagined], FRAME_MS));
      const files = animate ? [path, animation] : [path];
      results.push(imaginedDocument(imagined, name, files));
      if (!json) {
        const { probability, logit } = imagined;
        process.stdout.write(
          `${name}: logit ${logit.toFixed(1)}, probability ${(100 * probability).toFixed(1)} %\n  -> ${files.join(", ")}\n`,
        );
      }
    }
  } finally {
    progress.clear();
    await imaginer.release();
  }
  if (json) process.stdout.write(`${JSON.stringify({ model, settings: imaginer.settings, results }, null, 1)}\n`);
}

const imaginedDocument = (
  { target, logit, probability }: Imagined,
  label: string,
  files: readonly string[],
): object => ({
  target,
  label,
  logit,
  probability,
  files,
});

function classFor(choice: string, classes: number, labels: readonly string[] | undefined): number {
  const isClass = labels?.some((label) => label.toLowerCase() === choice.trim().toLowerCase()) === true;
  const refersToPicture = /^(label|predicted)$/i.test(choice.trim());
  if (!refersToPicture || isClass) {
    const index = targetOf(choice, classes, labels);
    if (index >= 0) return index;
  }
  throw new LimnError(
    "bad-option",
    `--target ${choice}: there is no picture that could have a label or a predicted class; name a class, or give its index`,
  );
}

/** A label as part of a file's name. */
const plain = (label: string): string => label.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
