import {
  type ClassFigures,
  type ConfusionDocument,
  frequentMistakes,
  runConfusion,
  saveConfusion,
} from "@limn/evaluate";
import { Command } from "commander";
import { type DataOptions, dataChoice, withDataOptions } from "../data-options.js";
import { conclusionInWords, failuresOf, headlineOf } from "../evaluation-summary.js";
import { downloadOptions } from "../find-model.js";
import { INTERRUPTED, interruptible } from "../interrupt.js";
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
  type PreprocessOptions,
  parseCount,
  parseCountOrNone,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say, warn } from "../say.js";
import { table } from "../table.js";

interface ConfusionCommandOptions extends ModelOptions, PreprocessOptions, MethodOptions, DataOptions {
  readonly labels?: string;
  readonly class?: string[];
  readonly shown?: number;
  readonly workers?: number;
  readonly anew?: boolean;
  readonly out: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** @param report takes the exit code if the work was interrupted */
export function confusionCommand(report: (exitCode: number) => void): Command {
  const command = new Command("confusion").argument("<model>", MODEL_ARGUMENT);
  withMethodOptions(withDataOptions(command), "grad-cam, or saliency if grad-cam does not fit the model")
    .addOption(labelsOption())
    .option(
      "--class <name>",
      "show pictures of this class; may be repeated (default: the classes with the most mistakes)",
      collect,
    )
    .option("--shown <n>", "pictures in each gallery (default: 4)", parseCount)
    .option("--workers <n>", "worker threads, each with a copy of the model (default: one per core)", parseCountOrNone)
    .option("--anew", "start again, even if the folder holds results")
    .option("--out <dir>", `${OUT}; the same command goes on there`, "limn-confusion")
    .option("--open", OPEN)
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPreprocessOptions(command))
    .addHelpText("after", HELP)
    .action(async (model: string, options: ConfusionCommandOptions) => report(await confusion(model, options)));
}

/** @returns the exit code */
function confusion(model: string, options: ConfusionCommandOptions): Promise<number> {
  const { labels, revision, classes, mapping, batch, layer, workers, threads, provider } = options;
  const { anew, out, json, shown } = options;
  const progress = new Progress();
  progress.show(`loading ${model}`);
  const runtime = runtimeOf(options);
  return interruptible(async (signal, finishes) => {
    try {
      const run = await runConfusion(
        {
          model,
          classifier: {
            ...given({ labels, revision, classes }),
            ...loadChoice(options),
            ...preprocessingChoice(options),
          },
          data: dataChoice(options),
          ...given({ mapping, methods: methodsOf(options.method), classes: options.class, batch, layers: layer }),
          ...given({ workers, threads, providers: provider, anew }),
          options: parseSettings(options.set),
          folder: out,
          signal,
          onInterrupt: (pictures) => finishes(pictures === 1 ? "1 picture" : `${pictures} pictures`),
          download: downloadOptions(options, progress).progress,
          onWarning: (warning) => warn([warning]),
          onProgress: ({ done, total }) => progress.bar("classifying", done, total, "pictures"),
        },
        runtime,
      );
      const { document, report, files } = await saveConfusion(run, out, runtime, {
        ...given({ shown }),
        onProgress: (done, total) => progress.bar("explaining", done, total, "pictures"),
      });
      progress.clear();
      if (run.interrupted)
        say(
          `interrupted after ${document.measured} of ${document.data.items} pictures; the same command goes on from there`,
        );
      const written = `  -> ${[report, ...files].join(", ")}\n`;
      process.stdout.write(json ? `${JSON.stringify(document, null, 1)}\n` : `${printed(document)}${written}`);
      if (options.open) await openFile(report);
      if (run.interrupted) return INTERRUPTED;
      return document.measured > 0 ? 0 : 1;
    } finally {
      progress.clear();
    }
  });
}

/** The most classes whose matrix fits a terminal, and how many mistakes are listed if there are more classes. */
const MOST_IN_MATRIX = 20;
const MOST_LISTED = 20;

function printed(document: ConfusionDocument): string {
  const { classes, conclusion } = document;
  const figures = classes.length <= MOST_IN_MATRIX ? matrixTable(document) : mistakesTable(document);
  const verdict = classes.length > 0 ? `${conclusionInWords(conclusion)}\n${figures}` : "";
  return `${headlineOf(document)}\n${verdict}${failuresOf(document)}`;
}

function matrixTable({ classes, matrix }: ConfusionDocument): string {
  const counts = new Map(matrix.map(({ label, predicted, count }) => [`${label} ${predicted}`, count]));
  const heads = classes.map((one) => nameOf(one).slice(0, 4));
  const rows = classes.map((one) => [
    nameOf(one),
    ...classes.map(({ class: predicted }) => String(counts.get(`${one.class} ${predicted}`) ?? ".")),
    percent(one.recall),
    percent(one.precision),
  ]);
  return `Rows are labels, columns predictions\n${table(["", ...heads, "recall", "precision"], rows)}`;
}

function mistakesTable({ classes, matrix }: ConfusionDocument): string {
  const names = new Map(classes.map((one) => [one.class, nameOf(one)]));
  const rows = frequentMistakes(matrix)
    .slice(0, MOST_LISTED)
    .map(({ label, predicted, count }) => [names.get(label) ?? "", names.get(predicted) ?? "", String(count)]);
  return `The most frequent mistakes\n${table(["label", "taken for", "pictures"], rows)}`;
}

const nameOf = ({ class: index, name }: ClassFigures): string => name ?? `class ${index}`;

const percent = (share: number | null): string => (share === null ? "-" : `${(100 * share).toFixed(1)} %`);

const HELP = `
The report has the matrix of labels and predictions and, for each class, its
false positives, false negatives, true positives and closest true negatives,
the most confident ones first. A mistake comes with two maps: what speaks for
the predicted class, and what speaks for the label's.

Examples:
  $ limn confusion scenes-resnet --data scenes:2000
  $ limn confusion model.onnx --data val --method grad-cam,lrp --class cat --class dog --shown 12`;
