import { type Rectangle, VERSION } from "@limn/core";
import { saveSweepReport } from "@limn/evaluate";
import {
  type DepthSweep,
  objectMask,
  PictureExplainer,
  type SoughtObject,
  type SweepCell,
  saveSweep,
  sweepOf,
} from "@limn/node";
import { Command, InvalidArgumentError, Option } from "commander";
import { downloadOptions } from "../find-model.js";
import { areTensors } from "../find-pictures.js";
import { BY_DEFAULT_AT_LAYERS, methodsHelp } from "../method-help.js";
import { OPEN, openFile } from "../open-file.js";
import {
  collect,
  given,
  labelsOption,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  methodOption,
  methodsOf,
  OUT,
  type PictureOptions,
  type PreprocessOptions,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  SET,
  TARGETS,
  withModelOptions,
  withPictureOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { warn } from "../say.js";
import { table } from "../table.js";
import { named } from "./explain-report.js";

interface SweepOptions extends ModelOptions, PreprocessOptions, PictureOptions {
  readonly method?: string[];
  readonly set?: string[];
  readonly target?: string[];
  readonly labels?: string;
  readonly mask?: string;
  readonly boxes?: Rectangle[];
  readonly out: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

export function sweepCommand(): Command {
  const command = new Command("sweep")
    .argument("<model>", MODEL_ARGUMENT)
    .argument("<image>", "a picture, or a .npy tensor of the model's input shape")
    .addOption(
      methodOption(
        `methods that are made at a layer (default: ${BY_DEFAULT_AT_LAYERS}), or "all" of them that take one run`,
      ),
    )
    .option("--set <method.option=value>", SET, collect)
    .option("--target <class,...>", TARGETS, collect)
    .addOption(labelsOption())
    .addOption(
      new Option(
        "--mask <file>",
        "a picture of an object, white on black, to measure how well each map finds it",
      ).conflicts("boxes"),
    )
    .option("--boxes <x,y,w,h;...>", "the same by boxes around the object, in the picture's pixels", parseBoxes)
    .option("--out <dir>", OUT, "limn-out")
    .option("--open", OPEN)
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPictureOptions(withPreprocessOptions(command)))
    .addHelpText("after", () => methodsHelp(({ usesLayer }) => usesLayer !== false))
    .addHelpText("after", HELP)
    .action(sweep);
}

async function sweep(model: string, image: string, options: SweepOptions): Promise<void> {
  const { target: targets, labels, mask, boxes, out } = options;
  const progress = new Progress();
  progress.show(`loading ${model}`);
  try {
    const explainer = await PictureExplainer.open(model, runtimeOf(options), {
      layers: ["stages"],
      pictures: 1,
      ...given({
        methods: methodsOf(options.method),
        targets,
        labels,
        range: options.range,
      }),
      ...loadChoice(options),
      ...preprocessingChoice(options),
      ...downloadOptions(options, progress),
      tensorsOnly: areTensors([image]),
      options: parseSettings(options.set),
    });
    warn(explainer.warnings);
    progress.show(image);
    const explanations = await explainer.explain(image, undefined, {
      onProgress: ({ map, done, total }) => progress.bar(`${image}: ${map.output}`, done, total, "steps"),
    });
    const [first] = explanations;
    if (!first) throw new Error("a run without a result");
    warn(explanations.flatMap(({ warnings }) => warnings));
    const sought: SoughtObject | undefined = mask !== undefined ? { mask } : boxes && { boxes };
    const object = sought && (await objectMask(sought, first));
    const swept = await sweepOf(explainer, explanations, object);
    const sheet = await saveSweep(explainer, swept, { folder: out, object });
    const report = await saveSweepReport(explainer, swept, { folder: out, object });
    await explainer.release();
    progress.clear();
    if (options.json) {
      const document = sweepDocument(swept, {
        model,
        image,
        object: sought ?? null,
        sheet,
        report,
        warnings: explainer.warnings,
      });
      process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
    } else {
      process.stdout.write(`${printed(swept)}  -> ${report}, ${sheet}\n`);
    }
    if (options.open) await openFile(report);
  } finally {
    progress.clear();
  }
}

const sweepDocument = ({ stages, blocks }: DepthSweep, facts: Readonly<Record<string, unknown>>) => ({
  limn: VERSION,
  ...facts,
  stages,
  results: blocks.map(({ explanation: { target, prediction, runMs }, rows }) => ({
    target,
    prediction,
    milliseconds: { run: Math.round(10 * runMs) / 10 },
    maps: rows.flatMap(({ name, cells }) =>
      cells.flatMap((cell, i) => (cell ? [{ method: name, stage: stages[i]?.name, ...cellDocumentOf(cell) }] : [])),
    ),
  })),
});

const cellDocumentOf = ({ map: { raw, diagnosis }, localization }: SweepCell) => ({
  shape: raw.shape,
  localization: localization ?? null,
  diagnosis: diagnosis ?? null,
});

/** A table per class: a line per method, a column per stage. */
function printed({ stages, blocks }: DepthSweep): string {
  const head = ["", ...stages.map(({ name, depth }) => `${name} (${Math.round(100 * depth)} %)`)];
  const tables = blocks.map(({ explanation, rows }) => {
    const lines = rows.map(({ name, cells }) => [name, ...cells.map(wordOf)]);
    const heading = `${explanation.path}: why ${named(explanation.target)}`;
    return `${heading}\n${table(head, lines)}`;
  });
  const found = blocks.some(({ rows }) => rows.some(({ cells }) => cells.some((cell) => cell?.localization)));
  return `${tables.join("\n")}${found ? `${FIGURES}\n` : ""}`;
}

const FIGURES = "Loc / IoU, and * where the map's maximum lies on the object";

function wordOf(cell: SweepCell | undefined): string {
  if (!cell) return "-";
  if (cell.map.diagnosis) return "blank";
  if (!cell.localization) return cell.map.raw.shape.join("x");
  const { loc, iou, pointing } = cell.localization;
  return `${loc.toFixed(2)} / ${iou.toFixed(2)}${pointing ? " *" : ""}`;
}

function parseBoxes(text: string): Rectangle[] {
  return text
    .replace(/;\s*$/, "")
    .split(";")
    .map((part) => {
      const numbers = part.split(",").map((n) => (n.trim() === "" ? Number.NaN : Number(n)));
      const [x, y, width, height] = numbers as [number, number, number, number];
      if (numbers.length === 4 && numbers.every(Number.isFinite) && width > 0 && height > 0) {
        return { x, y, width, height };
      }
      throw new InvalidArgumentError(`"${part}" is not a box: give x,y,width,height in pixels, such as 48,30,120,96`);
    });
}

const HELP = `
Each map is shown relative to its own largest value. With --mask or --boxes,
three figures are written below it, which docs/analyses.md defines: Loc
(Grad-CAM++, eq. 26) at 0.25, IoU at 0.5, and whether its maximum lies on the
object.

Examples:
  $ limn sweep model.onnx cat.jpg
  $ limn sweep model.onnx cat.jpg --method grad-cam,relevance-cam --boxes 48,30,120,96
  $ limn sweep scenes-resnet scene.png --target cat,dog --method grad-cam --json

The report and the sheet are files in the folder that --out names, such as
cat.sweep.html and cat.sweep.png for cat.jpg.`;
