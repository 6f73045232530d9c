import { BLANKS, type Blank, CURVE_STEPS, GROUPS, type MeasureName } from "@limn/core";
import {
  type EvaluationDocument,
  GAMMAS,
  MEASURE_NAMES,
  runEvaluation,
  saveEvaluation,
  throughQueue,
} from "@limn/evaluate";
import { readComposite } from "@limn/node";
import { Command, Option } from "commander";
import { targetOption } from "../data-options.js";
import { given, MODEL_ARGUMENT, parseCount, parseCountOrNone, parseList, parseNumber, runtimeOf } from "../options.js";
import { type OverDataOptions, overData, withOverDataOptions } from "../over-data.js";
import { say } from "../say.js";
import { evaluationInWords } from "./evaluation-tables.js";

interface EvaluateOptions extends OverDataOptions {
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
  readonly queue?: string;
}

/** @param report takes the exit code if the work was interrupted */
export function evaluateCommand(report: (exitCode: number) => void): Command {
  const blank = (flag: string, what: string, usual: Blank) =>
    new Option(`${flag} <name>`, what).choices(BLANKS).default(usual);
  const command = new Command("evaluate").argument("<model>", MODEL_ARGUMENT);
  return withOverDataOptions(command, { methods: "all", out: "limn-evaluation", help: HELP }, (command) =>
    command
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
      .addOption(
        new Option(
          "--queue <url>",
          "address of a Redis server through which workers on any number of machines measure the pictures (see limn help worker)",
        ).conflicts("workers"),
      ),
  ).action(async (model: string, options: EvaluateOptions) => report(await evaluate(model, options)));
}

/** @returns the exit code */
function evaluate(model: string, options: EvaluateOptions): Promise<number> {
  const { target = "label", blank, keepTop, signed, curves: steps, groups, composites, by: rankBy, random } = options;
  const { deletionBlank, insertionBlank, shattering, sanity, queue } = options;
  const runtime = runtimeOf(options);
  return overData(model, options, async ({ methods, ...shared }, progress) => {
    const run = await runEvaluation(
      {
        ...shared,
        ...given({
          // those of a project's settings
          methods: composites ? undefined : methods,
          composites: composites === true ? ("all" as const) : composites?.map(readComposite),
          rankBy,
          random: random ? undefined : (false as const),
          workforce: queue === undefined ? undefined : throughQueue(queue, say),
        }),
        target,
        masking: { blank, signed, ...given({ keepTop }) },
        curves: steps > 0 ? { steps, deletionBlank, insertionBlank, groups } : undefined,
        shattering,
        sanity: sanity > 0 ? { pictures: sanity, seed: options.seed ?? 0 } : undefined,
        onProgress: ({ done, total }) => progress.bar("measuring", done, total, "pictures"),
        onSanity: ({ done, total }) => progress.bar("comparing with random networks", done, total, "networks"),
      },
      runtime,
    );
    const { document, report, files } = await saveEvaluation(run, options.out, runtime, (done, total) =>
      progress.bar("drawing", done, total, "pictures"),
    );
    const printed = evaluationInWords(document, composites !== undefined || rankBy !== undefined);
    return {
      document,
      report,
      files,
      printed,
      ...given({ interrupted: run.interrupted ? progressOf(document) : undefined }),
    };
  });
}

function progressOf({ measured, failed, data }: EvaluationDocument): string {
  return measured + failed.length < data.items
    ? `after ${measured} of ${data.items} pictures`
    : "before all random networks were compared";
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
