import { dirname, extname, join } from "node:path";
import {
  assumptions,
  describeOptions,
  type Explained,
  explainedOf,
  type Imagined,
  type ImaginedPicture,
  type ImagineOptions,
  Imaginer,
  imagineOptions,
  LimnError,
  nameOfExplained,
  PREDICTED,
} from "@limn/core";
import {
  choosePreprocessing,
  encodeAnimation,
  encodePicture,
  labelsFor,
  loadModel,
  makeFolder,
  stemOf,
  writeFileAtomically,
} from "@limn/node";
import { Command } from "commander";
import { findModelFor } from "../find-model.js";
import { OPEN, openFile } from "../open-file.js";
import {
  collect,
  given,
  labelsOption,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  outFile,
  outFileHelp,
  type PreprocessOptions,
  parseNumber,
  preprocessingChoice,
  runtimeOf,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { warn } from "../say.js";

interface ImagineCommandOptions extends ModelOptions, PreprocessOptions, ImagineOptions {
  readonly target: string[];
  readonly labels?: string;
  readonly out: string;
  readonly open?: boolean;
  readonly animate?: boolean;
  readonly json?: boolean;
}

/** What the picture is called in a folder. */
const FILE = "imagined.png";

/** From this probability on, the picture shows what was looked for. */
const CONVINCING = 0.5;

/** Frames of an animation, and the time between them. */
const FRAMES = 48;
const FRAME_MS = 60;

export function imagineCommand(report: (exitCode: number) => void): Command {
  const command = new Command("imagine")
    .argument("<model>", MODEL_ARGUMENT)
    .requiredOption(
      "--target <class>",
      'a class by its index or name, or "-a", "a - b", "rest a" or "prob a" of classes; may be repeated',
      collect,
    )
    .addOption(labelsOption())
    .option(
      "--out <path>",
      `${outFileHelp(FILE)} or .jpg or .webp. With several targets, each file gets its target's name`,
      "limn-out",
    )
    .option("--open", OPEN)
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
  $ limn imagine scenes-resnet --target "cat - dog" --out cat-not-dog.png
  $ limn imagine model.onnx --preprocess imagenet --target 207 --parameters pixels --optimizer plain --start zeros`,
    )
    .action(async (model: string, options: ImagineCommandOptions) => {
      await imagine(model, options);
      report(0);
    });
}

async function imagine(model: string, options: ImagineCommandOptions): Promise<void> {
  const { target, animate, json } = options;
  const out = outFile(options.out, FILE);
  const found = await findModelFor(model, options);
  const runtime = runtimeOf(options);
  const classifier = await loadModel(found, runtime, { ...loadChoice(options), ...given({ labels: options.labels }) });
  const named = labelsFor(classifier, options.labels ?? found.labels);
  const { labels } = named;
  const chosen = await choosePreprocessing(preprocessingChoice(options), classifier, runtime, found.preprocessing);
  warn([...classifier.warnings, ...named.warnings, ...chosen.warnings, ...assumptions([chosen, named])]);
  if (!chosen.preprocessing) {
    throw new LimnError(
      "not-applicable",
      `${model}: the model's input is not a picture, so Limn can't look for one; choose a model that takes pictures`,
    );
  }
  const wanted = target.flatMap((choice) => explainedFor(choice, classifier.classes, labels));
  const targets = [...new Map(wanted.map((one) => [JSON.stringify(one), one])).values()];
  const settings = given(
    Object.fromEntries(
      Object.keys(imagineOptions.entries).map((name) => [name, options[name as keyof ImagineOptions]]),
    ),
  );
  // a file name with a wrong ending is reported before the work
  await encodePicture({ width: 1, height: 1, rgb: new Uint8Array(3) }, out);
  await makeFolder(dirname(out));
  const imaginer = await Imaginer.create(classifier, runtime, chosen.preprocessing, settings);
  const said = (p: number) => (classifier.hasProbabilities ? `${(100 * p).toFixed(1)} %` : p.toPrecision(4));
  const progress = new Progress();
  const results: object[] = [];
  let shown: string | undefined;
  try {
    for (const explained of targets) {
      const name = nameOfExplained(explained, labels);
      const path = targets.length === 1 ? out : join(dirname(out), `${stemOf(out)}.${plain(name)}${extname(out)}`);
      const frames: ImaginedPicture[] = [];
      let start = Number.NaN;
      const imagined = await imaginer.imagine(explained, {
        onStep: async ({ step, steps, probability, picture }) => {
          if (step === 1) start = probability;
          progress.bar(`${name}, ${said(probability)}`, step, steps, "steps");
          if (animate && (step === 1 || step % Math.ceil(steps / FRAMES) === 0)) frames.push(await picture());
        },
      });
      progress.clear();
      await writeFileAtomically(path, await encodePicture(imagined, path));
      const animation = join(dirname(path), `${stemOf(path)}.webp`);
      if (animate) await writeFileAtomically(animation, await encodeAnimation([...frames, imagined], FRAME_MS));
      const files = animate ? [path, animation] : [path];
      results.push(imaginedDocument(imagined, name, files));
      shown ??= path;
      if (!json) {
        const { hasProbabilities } = classifier;
        const facts = [
          ...(imagined.combination ? [`value ${imagined.value.toPrecision(3)}`] : []),
          ...(hasProbabilities
            ? [
                `probability ${said(imagined.probability)} (${said(start)} at first)`,
                `logit ${imagined.logit.toFixed(1)}`,
              ]
            : [`output ${said(imagined.logit)} (${said(start)} at first)`]),
        ];
        const { steps } = imaginer.settings;
        const of = imagined.combination ? ` (of ${nameOfExplained(imagined.target, labels)})` : "";
        process.stdout.write(
          `${name}: reached ${facts.join(", ")}${of} after ${steps} ${steps === 1 ? "step" : "steps"}\n  -> ${files.join(", ")}\n`,
        );
        // against a class or for its absence, a low probability is the aim
        if (hasProbabilities && !imagined.combination && imagined.probability < CONVINCING) {
          process.stdout.write(`  the model is not convinced; --steps ${2 * steps} may reach more\n`);
        }
      }
    }
  } finally {
    progress.clear();
    await imaginer.release();
  }
  if (json) process.stdout.write(`${JSON.stringify({ model, settings: imaginer.settings, results }, null, 1)}\n`);
  if (options.open && shown) await openFile(shown);
}

const imaginedDocument = (
  { target, combination, value, logit, probability }: Imagined,
  label: string,
  files: readonly string[],
): object => ({
  target,
  ...(combination ? { combination } : {}),
  label,
  value,
  logit,
  probability,
  files,
});

function explainedFor(choice: string, classes: number, labels: readonly string[] | undefined): Explained[] {
  const refusal = new LimnError(
    "bad-option",
    `--target ${choice}: there is no picture that could have a label or a predicted class; name a class, or give its index`,
  );
  const isLabel = labels?.some((label) => label.toLowerCase() === choice.trim().toLowerCase()) === true;
  if (/^label$/i.test(choice.trim()) && !isLabel) throw refusal;
  const explained = explainedOf(choice, classes, labels);
  const indices = explained.flatMap((one) =>
    typeof one === "number" ? one : one.kind === "difference" ? [one.of, one.other] : one.of,
  );
  if (indices.includes(PREDICTED)) throw refusal;
  return explained;
}

/** A label as part of a file's name. */
const plain = (label: string): string => label.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
