import { BLANKS, type Blank, CURVE_STEPS, type Estimate, type MeasureName, measures } from "@limn/core";
import {
  type EvaluationDocument,
  MEASURE_NAMES,
  runEvaluation,
  type StagedMaps,
  saveEvaluation,
  stagedMaps,
  stagedName,
  throughQueue,
} from "@limn/evaluate";
import { Command, Option } from "commander";
import { type DataOptions, dataChoice, targetOption, withDataOptions } from "../data-options.js";
import { failuresOf, headlineOf } from "../evaluation-summary.js";
import { downloadOptions } from "../find-model.js";
import { INTERRUPTED, interruptible } from "../interrupt.js";
import {
  given,
  loadChoice,
  type MethodOptions,
  MODEL_ARGUMENT,
  type ModelOptions,
  methodsOf,
  type PreprocessOptions,
  parseCountOrNone,
  parseNumber,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say } from "../say.js";
import { table } from "../table.js";

interface EvaluateOptions extends ModelOptions, PreprocessOptions, MethodOptions, DataOptions {
  readonly labels?: string;
  readonly target?: string;
  readonly blank: Blank;
  readonly keepTop?: number;
  readonly signed: "positive" | "min-max";
  readonly curves: number;
  readonly deletionBlank: Blank;
  readonly insertionBlank: Blank;
  readonly shattering: boolean;
  readonly sanity: number;
  readonly workers?: number;
  readonly queue?: string;
  readonly anew?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

/** @param report takes the exit code if the work was interrupted */
export function evaluateCommand(report: (exitCode: number) => void): Command {
  const blank = (flag: string, what: string, usual: Blank) =>
    new Option(`${flag} <name>`, what).choices(BLANKS).default(usual);
  const command = new Command("evaluate").argument("<model>", MODEL_ARGUMENT);
  withMethodOptions(withDataOptions(command))
    .option("--labels <file>", "class names: one per line, or JSON (default: the model's own config.json)")
    .addOption(targetOption('; or "-a", "a - b", "rest a" or "prob a" of classes, as in limn explain'))
    .addOption(blank("--blank", "what the parts of the picture that a map hides become", "black"))
    .option(
      "--keep-top <share>",
      "show only this share of the pixels, those with the largest values, instead of each pixel by its value",
      parseNumber,
    )
    .addOption(
      new Option(
        "--signed <how>",
        "what counts in signed maps: the positive part, or all values from the lowest to the highest",
      )
        .choices(["positive", "min-max"])
        .default("positive"),
    )
    .option(
      "--curves <steps>",
      "steps of the deletion and insertion curves; 0 leaves them out",
      parseCountOrNone,
      CURVE_STEPS,
    )
    .addOption(blank("--deletion-blank", "what deleted pixels become", "zero"))
    .addOption(blank("--insertion-blank", "what pixels are before they are inserted", "blur"))
    .option("--no-shattering", "leave out the correlation of neighboring gradients by depth")
    .option(
      "--sanity <pictures>",
      "on how many pictures maps are compared with those of random networks; 0 leaves that out",
      parseCountOrNone,
      32,
    )
    .option("--workers <n>", "worker threads, each with a copy of the model (default: one per core)", parseCountOrNone)
    .addOption(
      new Option(
        "--queue <url>",
        "address of a Redis server through which workers on any number of machines measure the pictures (see limn help worker)",
      ).conflicts("workers"),
    )
    .option("--anew", "start again, even if the folder holds results")
    .option("--out <dir>", "where the results are kept; the same command goes on there", "limn-evaluation")
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPreprocessOptions(command))
    .addHelpText("after", HELP)
    .action(async (model: string, options: EvaluateOptions) => report(await evaluate(model, options)));
}

/** @returns the exit code */
function evaluate(model: string, options: EvaluateOptions): Promise<number> {
  const { labels, revision, classes, mapping, target = "label", blank, keepTop, signed, curves: steps } = options;
  const {
    deletionBlank,
    insertionBlank,
    shattering,
    sanity,
    workers,
    queue,
    threads,
    provider,
    anew,
    out,
    json,
    batch,
  } = options;
  const progress = new Progress();
  progress.show(`loading ${model}`);
  const notify = (message: string) => {
    progress.clear();
    say(message);
  };
  const runtime = runtimeOf(options);
  return interruptible(async (signal) => {
    try {
      const run = await runEvaluation(
        {
          model,
          classifier: {
            ...given({ labels, revision, classes }),
            ...loadChoice(options),
            ...preprocessingChoice(options),
          },
          data: dataChoice(options),
          ...given({
            mapping,
            methods: methodsOf(options.method),
            layers: options.layer,
            batch,
            workers,
            workforce: queue === undefined ? undefined : throughQueue(queue, notify),
            threads,
            providers: provider,
            anew,
          }),
          options: parseSettings(options.set),
          target,
          masking: { blank, signed, ...given({ keepTop }) },
          curves: steps > 0 ? { steps, deletionBlank, insertionBlank } : undefined,
          shattering,
          sanity: sanity > 0 ? { pictures: sanity, seed: options.seed ?? 0 } : undefined,
          folder: out,
          signal,
          download: downloadOptions(options, progress).progress,
          onWarning: (warning) => {
            progress.clear();
            say(`warning: ${warning}`);
          },
          onProgress: ({ done, total }) => progress.bar("measuring", done, total, "pictures"),
          onSanity: ({ done, total }) => progress.bar("comparing with random networks", done, total, "networks"),
        },
        runtime,
      );
      const { document, report, files } = await saveEvaluation(run, out, runtime, (done, total) =>
        progress.bar("drawing", done, total, "pictures"),
      );
      progress.clear();
      if (run.interrupted) say(`interrupted ${progressOf(document)}; the same command goes on from there`);
      process.stdout.write(
        json ? `${JSON.stringify(document, null, 1)}\n` : `${printed(document)}  -> ${[report, ...files].join(", ")}\n`,
      );
      if (run.interrupted) return INTERRUPTED;
      // a script that goes on from here would take empty tables for results
      return document.measured > 0 ? 0 : 1;
    } finally {
      progress.clear();
    }
  });
}

function progressOf({ measured, failed, data }: EvaluationDocument): string {
  return measured + failed.length < data.items
    ? `after ${measured} of ${data.items} pictures`
    : "before all random networks were compared";
}

function printed(document: EvaluationDocument): string {
  const { methods, measured, reasons } = document;
  const names = Object.keys(methods);
  const shown = MEASURE_NAMES.filter((measure) => names.some((name) => methods[name]?.[measure]));
  const staged = stagedMaps(names);
  const tables = [
    ...(staged ? stageTables(document, shown, staged) : [measureTable(document, shown), winTable(document)]),
    sanityTable(document),
    ...Object.entries(reasons).map(([name, reason]) => `${measures[name as MeasureName].title}: ${reason}\n`),
  ];
  const parts = [`${headlineOf(document)}\n`, ...(measured > 0 ? tables : []), failuresOf(document)];
  return parts.join("");
}

const titleOf = (measure: MeasureName): string => {
  const { title, unit, better } = measures[measure];
  return `${title}${unit === "%" ? " %" : ""}${better === "lower" ? " (low)" : ""}`;
};

function measureTable({ methods }: EvaluationDocument, shown: readonly MeasureName[]): string {
  const names = Object.keys(methods);
  return table(
    ["", ...names],
    shown.map((measure) => [
      titleOf(measure),
      ...names.map((name) => cellOf(methods[name]?.[measure] ?? null, measures[measure].unit)),
    ]),
  );
}

function winTable({ methods, wins }: EvaluationDocument): string {
  const names = Object.keys(methods);
  if (names.length < 2 || Object.keys(wins).length === 0) return "";
  const rows = names.map((name) => [
    name,
    ...names.map((other) => (name === other ? "" : (wins[name]?.[other] ?? 0).toFixed(1))),
  ]);
  return `\nWin % of the line's method over the column's\n${table(["", ...names], rows)}`;
}

/** A table for each measure: a line per method, a column per stage. */
function stageTables(
  { methods }: EvaluationDocument,
  shown: readonly MeasureName[],
  { methods: lines, stages }: StagedMaps,
): string[] {
  return shown.map((measure) => {
    const rows = lines.map((method) => [
      method,
      ...stages.map((stage) => cellOf(methods[stagedName(method, stage)]?.[measure] ?? null, measures[measure].unit)),
    ]);
    return `\n${table([titleOf(measure), ...stages], rows)}`;
  });
}

function sanityTable({ sanity }: EvaluationDocument): string {
  const [first] = Object.values(sanity ?? {});
  if (!sanity || !first) return "";
  const layers = Object.keys(first);
  const rows = Object.entries(sanity).map(([map, of]) => [map, ...layers.map((layer) => shortened(of[layer]))]);
  return `\nSimilarity to the maps of networks with random weights down to a layer (low is good)\n${table(["", ...layers], rows)}\n`;
}

const shortened = (estimate: Estimate | undefined): string => (estimate?.n ? estimate.mean.toFixed(2) : "-");

function cellOf(estimate: Estimate | null, unit: "%" | "share"): string {
  if (!estimate) return "-";
  const digits = unit === "%" ? 1 : 3;
  const { mean, low, high } = estimate;
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

const HELP = `
Figures are means over pictures with 95 % bootstrap intervals; docs/measures.md
defines them. Results are written to the folder as they are made: if an
evaluation is interrupted, the same command goes on from there.

Examples:
  $ limn evaluate scenes-resnet --data scenes:1000 --method grad-cam,grad-cam-plus-plus,relevance-cam
  $ limn evaluate model.onnx --data val --method grad-cam --layer stages --curves 0
  $ limn evaluate microsoft/resnet-50 --data annotations.json --sample 500 --method all --json
  $ limn evaluate model.onnx --data val --method grad-cam --queue redis://host:6379   # see limn help worker`;
