import { compositeFor, compositeOf, type PlanRow, planOf, planRows } from "@limn/core";
import { readComposite } from "@limn/node";
import { Command } from "commander";
import { loadModelFor } from "../find-model.js";
import { compositeOption, MODEL_ARGUMENT, type ModelOptions, withModelOptions } from "../options.js";
import { table } from "../table.js";

interface PlanOptions extends ModelOptions {
  readonly composite: string;
  readonly json?: boolean;
}

export const planCommand = (): Command =>
  withModelOptions(new Command("plan"))
    .argument("<model>", MODEL_ARGUMENT)
    .addOption(compositeOption())
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A composite of your own is a list of entries; the first entry that matches a
layer decides its rule. A match may have "kind" (convolution, dense,
normalization), "first" (true for layers at the image), "operator" (the ONNX
operator) and "name" (the node's name; * stands for any characters). A rule of
attention (attn-lrp, cp-lrp) decides on softmax and products of signals:

  { "entries": [
    { "match": { "first": true }, "rule": "z-box" },
    { "match": { "kind": "convolution" }, "rule": "gamma",
      "options": { "gamma": 0.5 } },
    { "rule": "epsilon" } ] }

Examples:
  $ limn plan scenes-resnet
  $ limn plan model.onnx --composite epsilon-gamma-box
  $ limn plan model.onnx --composite mine.json
  $ limn explain model.onnx cat.jpg --method lrp --set lrp.composite=mine.json`,
    )
    .action(async (model: string, options: PlanOptions) => {
      const choice = readComposite(options.composite);
      const classifier = await loadModelFor(model, options);
      const rows = planRows(planOf(classifier, compositeOf(compositeFor(classifier, choice))));
      process.stdout.write(options.json ? `${JSON.stringify(rows, null, 1)}\n` : printed(rows));
    });

const printed = (rows: readonly PlanRow[]): string =>
  table(
    ["node", "operator", "rule", "why"],
    rows.map(({ node, operator, rule, reason }) => [node, operator, rule, reason]),
  );
