import {
  type ClassFigures,
  type ConfusionDocument,
  frequentMistakes,
  runConfusion,
  saveConfusion,
} from "@limn/evaluate";
import { Command } from "commander";
import { conclusionInWords, failuresOf, headlineOf } from "../evaluation-summary.js";
import { collect, given, MODEL_ARGUMENT, parseCount, runtimeOf } from "../options.js";
import { type OverDataOptions, overData, withOverDataOptions } from "../over-data.js";
import { table } from "../table.js";

interface ConfusionCommandOptions extends OverDataOptions {
  readonly class?: string[];
  readonly shown?: number;
}

/** @param report takes the exit code if the work was interrupted */
export function confusionCommand(report: (exitCode: number) => void): Command {
  const command = new Command("confusion").argument("<model>", MODEL_ARGUMENT);
  const methods = "grad-cam, or saliency if grad-cam does not fit the model";
  return withOverDataOptions(command, { methods, out: "limn-confusion", help: HELP }, (command) =>
    command
      .option(
        "--class <name>",
        "show pictures of this class; may be repeated (default: the classes with the most mistakes)",
        collect,
      )
      .option("--shown <n>", "pictures in each gallery (default: 4)", parseCount),
  ).action(async (model: string, options: ConfusionCommandOptions) => report(await confusion(model, options)));
}

/** @returns the exit code */
function confusion(model: string, options: ConfusionCommandOptions): Promise<number> {
  const { class: classes, shown } = options;
  const runtime = runtimeOf(options);
  return overData(model, options, async (shared, progress) => {
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) =>
      progress.bar("classifying", done, total, "pictures");
    const run = await runConfusion({ ...shared, ...given({ classes }), onProgress }, runtime);
    const { document, report, files } = await saveConfusion(run, options.out, runtime, {
      ...given({ shown }),
      onProgress: (done, total) => progress.bar("explaining", done, total, "pictures"),
    });
    const { measured, data } = document;
    const interrupted = run.interrupted ? `after ${measured} of ${data.items} pictures` : undefined;
    return { document, report, files, printed: printed(document), ...given({ interrupted }) };
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
