import {
  checkGradient,
  type GradientCheck,
  imbalanceOf,
  judgeGradient,
  judgeLedger,
  type Ledger,
  ledgerOf,
  ONE_TARGET,
  oneTarget,
  rangeAfter,
  type Verdict,
} from "@limn/core";
import { PictureExplainer, readComposite } from "@limn/node";
import { Command } from "commander";
import { downloadOptions } from "../find-model.js";
import { areTensors } from "../find-pictures.js";
import {
  compositeOption,
  given,
  labelsOption,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  once,
  type PictureOptions,
  type PreprocessOptions,
  preprocessingChoice,
  runtimeOf,
  TARGET,
  withModelOptions,
  withPictureOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { warn } from "../say.js";
import { table } from "../table.js";

interface CheckOptions extends ModelOptions, PreprocessOptions, PictureOptions {
  readonly composite: string;
  readonly target?: string;
  readonly labels?: string;
  readonly json?: boolean;
}

/** @param report takes exit code 1 if something is wrong */
export function checkCommand(report: (exitCode: number) => void): Command {
  const command = new Command("check")
    .argument("<model>", MODEL_ARGUMENT)
    .argument("<image>", "a picture, or a .npy tensor of the model's input shape")
    .addOption(compositeOption())
    .option("--target <class>", TARGET, once("--target", ONE_TARGET))
    .addOption(labelsOption())
    .option("--json", "print JSON");
  return withModelOptions(withPictureOptions(withPreprocessOptions(command)))
    .addHelpText(
      "after",
      `
The gradient by the image and by every stage is compared with what small steps
do to the score. Steps are made smaller until two of them agree; if none do,
"can't say" is the answer. The ledger has a line for each node: the relevance
that it gets, what it passes on, the part of this that biases or the stabilizer
would have kept ("spread"), the parts that they do keep, and what is not
accounted for ("open"), as a share of the absolute relevance. The exit code is 1 if something is wrong.

Examples:
  $ limn check model.onnx cat.jpg
  $ limn check scenes-resnet scene.png --target cat --composite epsilon`,
    )
    .action(async (model: string, image: string, options: CheckOptions) => {
      report(await check(model, image, options));
    });
}

/** @returns the exit code */
async function check(model: string, image: string, options: CheckOptions): Promise<number> {
  const { target, labels } = options;
  const composite = readComposite(options.composite);
  const runtime = runtimeOf(options);
  const progress = new Progress();
  progress.show(`loading ${model}`);
  try {
    const explainer = await PictureExplainer.open(model, runtime, {
      methods: ["saliency"],
      pictures: 1,
      ...given({
        labels,
        range: options.range,
        targets: target === undefined ? undefined : [target],
      }),
      ...loadChoice(options),
      ...preprocessingChoice(options),
      ...downloadOptions(options, progress),
      tensorsOnly: areTensors([image]),
    });
    if (target !== undefined) oneTarget(target, explainer.classifier.classes, explainer.labels);
    warn(explainer.warnings);
    const [explanation] = await explainer.explain(image);
    if (!explanation) throw new Error("a run without a result");
    const { tensor } = await explainer.read(image);
    const { classifier, preprocessing } = explainer;
    progress.show("stepping along the gradient");
    const chosen = explanation.target.index;
    const gradient = await checkGradient(classifier, runtime, tensor, chosen);
    progress.show("following the relevance");
    const ledger = await ledgerOf(classifier, runtime, tensor, {
      composite,
      target: chosen,
      ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
    });
    await explainer.release();
    progress.clear();
    const verdicts = [judgeGradient(gradient), judgeLedger(ledger)];
    const ok = verdicts.every((verdict) => verdict.ok);
    if (options.json) {
      const problems = verdicts.flatMap((verdict) => verdict.problems);
      const doubts = verdicts.flatMap((verdict) => verdict.doubts);
      const notes = verdicts.flatMap((verdict) => verdict.notes);
      const document = { model, image, target: explanation.target, ok, problems, doubts, notes, gradient, ledger };
      process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
    } else {
      process.stdout.write(`${printedGradient(gradient)}\n${printedLedger(ledger)}\n${printedVerdict(verdicts)}`);
    }
    return ok ? 0 : 1;
  } finally {
    progress.clear();
  }
}

const printedGradient = (checks: readonly GradientCheck[]): string =>
  table(
    ["gradient by", "tensor", "is", "differs by"],
    checks.map(({ stage, tensor, verdict, deviation }) => [
      stage ?? "image",
      tensor,
      SAID[verdict],
      Number.isFinite(deviation) ? `${(100 * deviation).toPrecision(2)} %` : "",
    ]),
  );

const SAID: Readonly<Record<GradientCheck["verdict"], string>> = {
  right: "right",
  wrong: "wrong",
  kink: "right at a kink",
  unclear: "can't say",
};

const printedLedger = ({ entries, start, end }: Ledger): string => {
  const rows = entries.map((entry) => [
    entry.node,
    entry.operator,
    entry.rule ?? "",
    ...[entry.given, entry.passed, entry.spread, entry.bias, entry.stabilizer].map(shown),
    imbalanceOf(entry).toExponential(0),
  ]);
  const head = ["node", "operator", "rule", "given", "passed", "spread", "bias", "stabilizer", "open"];
  const align = ["left", "left", "left", "right", "right", "right", "right", "right", "right"] as const;
  return `${table(head, rows, align)}\nlogits ${shown(start)}, image ${shown(end)}\n`;
};

const shown = (value: number): string => (value === 0 ? "0" : value.toPrecision(4));

function printedVerdict(verdicts: readonly Verdict[]): string {
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  const doubts = verdicts.flatMap((verdict) => verdict.doubts);
  const notes = verdicts.flatMap((verdict) => verdict.notes);
  const proved = problems.length === 0 && doubts.length === 0;
  const lines = [
    ...problems.map((problem) => `wrong: ${problem}`),
    ...doubts.map((doubt) => `in doubt: ${doubt}`),
    ...notes.map((note) => `note: ${note}`),
    ...(proved ? ["Nothing is wrong: the gradient is right, and the books balance at every node."] : []),
  ];
  return `${lines.join("\n")}\n`;
}
