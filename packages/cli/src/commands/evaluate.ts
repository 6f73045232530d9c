import {
  BLANKS,
  type Blank,
  CURVE_STEPS,
  type Estimate,
  GROUPS,
  type Measure,
  type MeasureName,
  measures,
} from "@limn/core";
import {
  type EvaluationDocument,
  GAMMAS,
  MEASURE_NAMES,
  type PairedMeasure,
  pInWords,
  type Ranking,
  reasonsInWords,
  runEvaluation,
  type StagedMaps,
  saveEvaluation,
  stagedMaps,
  stagedName,
  throughQueue,
} from "@limn/evaluate";
import { readComposite } from "@limn/node";
import { Command, Option } from "commander";
import { type DataOptions, dataChoice, targetOption, withDataOptions } from "../data-options.js";
import { conclusionInWords, failuresOf, headlineOf } from "../evaluation-summary.js";
import { downloadOptions } from "../find-model.js";
import { INTERRUPTED, interruptible } from "../interrupt.js";
import { OPEN, openFile } from "../open-file.js";
import {
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
  parseList,
  parseNumber,
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

interface EvaluateOptions extends ModelOptions, PreprocessOptions, MethodOptions, DataOptions {
  readonly labels?: string;
  readonly target?: string;
  readonly blank: Blank;
  readonly keepTop?: number;
  readonly signed: "positive" | "min-max";
  readonly curves: number;
  readonly groups: number;
  readonly composites?: string[] | true;
  readonly by?: MeasureName;
  readonly random: boolean;
  readonly deletionBlank: Blank;
  readonly insertionBlank: Blank;
  readonly shattering: boolean;
  readonly sanity: number;
  readonly workers?: number;
  readonly queue?: string;
  readonly anew?: boolean;
  readonly out: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** @param report takes the exit code if the work was interrupted */
export function evaluateCommand(report: (exitCode: number) => void): Command {
  const blank = (flag: string, what: string, usual: Blank) =>
    new Option(`${flag} <name>`, what).choices(BLANKS).default(usual);
  const command = new Command("evaluate").argument("<model>", MODEL_ARGUMENT);
  withMethodOptions(withDataOptions(command), "all")
    .addOption(labelsOption())
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
    .addOption(
      new Option(
        "--composites [name,...]",
        `compare composites of lrp instead of methods, and print the best: names, also with options as epsilon-gamma-box@gamma=0.1, or JSON files (default: all that fit the model, with a gamma of ${GAMMAS.join(", ")})`,
      )
        .argParser(parseList)
        .conflicts(["method", "layer"]),
    )
    .addOption(
      new Option(
        "--by <measure>",
        'rank the maps by this measure, and print the best (default: "saco" for --composites, else none)',
      ).choices(MEASURE_NAMES),
    )
    .option("--no-random", "leave out the random map that is measured next to the others")
    .option(
      "--curves <steps>",
      "steps of the deletion and insertion curves; 0 leaves them out, and SaCo and perturbation too",
      parseCountOrNone,
      CURVE_STEPS,
    )
    .option("--groups <n>", "groups of pixels that SaCo compares", parseCount, GROUPS)
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
    .option("--out <dir>", `${OUT}; the same command goes on there`, "limn-evaluation")
    .option("--open", OPEN)
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPreprocessOptions(command))
    .addHelpText("after", HELP)
    .action(async (model: string, options: EvaluateOptions) => report(await evaluate(model, options)));
}

/** @returns the exit code */
function evaluate(model: string, options: EvaluateOptions): Promise<number> {
  const { labels, revision, classes, mapping, target = "label", blank, keepTop, signed, curves: steps } = options;
  const { groups, composites, by: rankBy, random } = options;
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
  const runtime = runtimeOf(options);
  return interruptible(async (signal, finishes) => {
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
            methods: composites ? undefined : methodsOf(options.method),
            layers: options.layer,
            composites: composites === true ? ("all" as const) : composites?.map(readComposite),
            rankBy,
            random: random ? undefined : (false as const),
            batch,
            workers,
            workforce: queue === undefined ? undefined : throughQueue(queue, say),
            threads,
            providers: provider,
            anew,
          }),
          options: parseSettings(options.set),
          target,
          masking: { blank, signed, ...given({ keepTop }) },
          curves: steps > 0 ? { steps, deletionBlank, insertionBlank, groups } : undefined,
          shattering,
          sanity: sanity > 0 ? { pictures: sanity, seed: options.seed ?? 0 } : undefined,
          folder: out,
          signal,
          onInterrupt: (pictures) => finishes(pictures === 1 ? "1 picture" : `${pictures} pictures`),
          download: downloadOptions(options, progress).progress,
          onWarning: (warning) => warn([warning]),
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
        json
          ? `${JSON.stringify(document, null, 1)}\n`
          : `${printed(document, composites !== undefined || rankBy !== undefined)}  -> ${[report, ...files].join(", ")}\n`,
      );
      if (options.open) await openFile(report);
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

/** @param ranked whether a measure was asked for that ranks the maps */
function printed(document: EvaluationDocument, ranked: boolean): string {
  const { methods, measured, reasons, rankings, conclusion } = document;
  const names = Object.keys(methods);
  const shown = MEASURE_NAMES.filter((measure) => names.some((name) => methods[name]?.[measure]));
  const staged = stagedMaps(names);
  const ranking = ranked && conclusion.by !== null ? rankings[conclusion.by] : undefined;
  const tables = [
    ...(ranking
      ? [rankedTable(document, shown, ranking)]
      : staged
        ? stageTables(document, shown, staged)
        : [measureTable(document, shown), winTable(document)]),
    sanityTable(document),
    ...reasonsInWords(reasons).map((line) => `${line}\n`),
  ];
  const verdict = names.length > 0 ? [conclusionInWords(conclusion), "\n"] : [];
  const parts = [`${headlineOf(document)}\n`, ...(measured > 0 ? [...verdict, ...tables] : []), failuresOf(document)];
  return parts.join("");
}

const titleOf = (measure: MeasureName): string => {
  const { title, unit, better } = measures[measure];
  return `${title}${unit === "%" ? " %" : ""}${better === "lower" ? " (low)" : ""}`;
};

/** A map's name, and whether it is there for comparison only. */
const headOf = (name: string, { baselines }: EvaluationDocument): string =>
  baselines.includes(name) ? `${name} (baseline)` : name;

function measureTable(document: EvaluationDocument, shown: readonly MeasureName[]): string {
  const { methods } = document;
  const names = Object.keys(methods);
  return table(
    ["", ...names.map((name) => headOf(name, document))],
    shown.map((measure) => [
      titleOf(measure),
      ...names.map((name) => cellOf(methods[name]?.[measure] ?? null, measures[measure].unit)),
    ]),
  );
}

/** A line per map, the best first, since there are many: means, and the interval of the measure that ranks them. */
function rankedTable(
  document: EvaluationDocument,
  shown: readonly MeasureName[],
  { by, order, lead }: Ranking,
): string {
  const { methods, baselines } = document;
  const others = shown.filter((measure) => measure !== by);
  const rows = [...order.map(({ name }) => name), ...baselines].map((name) => [
    headOf(name, document),
    cellOf(methods[name]?.[by] ?? null, measures[by].unit),
    pOf(lead[name]),
    ...others.map((measure) => meanOf(methods[name]?.[measure] ?? null, measures[measure].unit)),
  ]);
  return table(["", titleOf(by), "p", ...others.map(titleOf)], rows);
}

const pOf = (paired: PairedMeasure | undefined): string => (paired ? pInWords(paired.corrected) : "");

function winTable({ wins }: EvaluationDocument): string {
  const names = Object.keys(wins);
  if (names.length < 2) return "";
  const rows = names.map((name) => [
    name,
    ...names.map((other) => (name === other ? "" : (wins[name]?.[other] ?? 0).toFixed(1))),
  ]);
  return `\nWin % of the line's method over the column's\n${table(["", ...names], rows)}`;
}

/** A table for each measure: a line per method, a column per stage. */
function stageTables(
  document: EvaluationDocument,
  shown: readonly MeasureName[],
  { methods: lines, stages }: StagedMaps,
): string[] {
  const { methods, baselines } = document;
  return shown.map((measure) => {
    const cell = (name: string) => cellOf(methods[name]?.[measure] ?? null, measures[measure].unit);
    const rows = [
      ...lines.map((method) => [method, ...stages.map((stage) => cell(stagedName(method, stage)))]),
      // of no stage
      ...baselines.map((name) => [headOf(name, document), cell(name)]),
    ];
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

const digitsOf = (unit: Measure["unit"]): number => (unit === "%" ? 1 : 3);

const meanOf = (estimate: Estimate | null, unit: Measure["unit"]): string =>
  estimate ? estimate.mean.toFixed(digitsOf(unit)) : "-";

function cellOf(estimate: Estimate | null, unit: Measure["unit"]): string {
  if (!estimate) return "-";
  const digits = digitsOf(unit);
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
  $ limn evaluate model.onnx --data annotations.json --sample 200 --composites
  $ limn evaluate model.onnx --data val --composites epsilon-plus,epsilon-gamma-box@gamma=0.1,mine.json --by insertion
  $ limn evaluate Xenova/resnet-50 --data annotations.json --sample 500 --method all --json
  $ limn evaluate model.onnx --data val --method grad-cam --queue redis://host:6379   # see limn help worker`;
