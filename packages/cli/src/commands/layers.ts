import { cautionOf, type Layer, layersOf } from "@limn/core";
import { Command } from "commander";
import { loadModelFor } from "../find-model.js";
import { MODEL_ARGUMENT, type ModelOptions, withModelOptions } from "../options.js";
import { say } from "../say.js";
import { table } from "../table.js";

export const layersCommand = (): Command =>
  withModelOptions(new Command("layers"))
    .argument("<model>", MODEL_ARGUMENT)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A layer can be named by its stage, its node, its tensor, or its index from the
front (0) or from the back (-1); "last" is the deepest stage, or the activation
that it projects.

Examples:
  $ limn layers model.onnx
  $ limn layers model.onnx --json
  $ limn layers microsoft/resnet-50
  $ limn explain model.onnx cat.jpg --method grad-cam --layer stage2,stage3,last`,
    )
    .action(async (model: string, options: ModelOptions & { json?: boolean }) => {
      const classifier = await loadModelFor(model, options);
      const layers = layersOf(classifier);
      const rows = layers.map((layer, index) => describe(layer, index));
      if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 1)}\n`);
      else process.stdout.write(rows.length ? printed(rows) : NO_LAYERS);
      const caution = cautionOf(classifier, layers);
      if (caution) say(`warning: ${caution}`);
    });

const describe = ({ stage, depth, node, tensor, operator, shape, isDefault, signed }: Layer, index: number) => ({
  index,
  stage: stage ?? null,
  depth: Math.round(depth * 100),
  operator,
  shape,
  node,
  tensor,
  default: isDefault,
  signed,
});

function printed(rows: readonly ReturnType<typeof describe>[]): string {
  const lines = rows.map((r) => [
    `${r.index}`,
    r.stage ?? "",
    `${r.depth} %`,
    r.operator,
    r.shape.join("x"),
    r.node,
    r.tensor,
  ]);
  const last = rows.find((r) => r.default);
  return `${table(["index", "stage", "depth", "operator", "shape", "node", "tensor"], lines, ["right", "left", "right"])}
--layer takes any of these: index (also from the back: -1), stage, node or tensor name, or "last"${
    last ? ` (${last.stage ?? last.tensor})` : ""
  }.\n`;
}

const NO_LAYERS =
  "The model has no activation with spatial extent, so there are no layers; methods that need none, such as saliency, still work.\n";
