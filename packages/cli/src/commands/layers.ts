import {
  type AttentionFacts,
  attentionFactsOf,
  type Classifier,
  cautionOf,
  type Layer,
  layersOf,
  whyNoLayers,
} from "@limn/core";
import { Command } from "commander";
import { loadModelFor } from "../find-model.js";
import { MODEL_ARGUMENT, type ModelOptions, withModelOptions } from "../options.js";
import { warn } from "../say.js";
import { table } from "../table.js";

export const layersCommand = (): Command =>
  withModelOptions(new Command("layers"))
    .argument("<model>", MODEL_ARGUMENT)
    .option("--attention", "list the network's attentions instead, with their heads and the grid of their keys")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A layer can be named by its stage, its node, its tensor, or its index from the
front (0) or from the back (-1); "last" is the deepest stage, or the activation
that it projects. Tokens of a transformer are listed by their grid, next to how
many tokens without a place, such as a class token, come before it.

Examples:
  $ limn layers model.onnx
  $ limn layers model.onnx --json
  $ limn layers vit.onnx --attention
  $ limn layers Xenova/resnet-50
  $ limn explain model.onnx cat.jpg --method grad-cam --layer stage2,stage3,last`,
    )
    .action(async (model: string, options: LayersOptions) => {
      const classifier = await loadModelFor(model, options);
      process.stdout.write(options.attention ? attentions(classifier, options) : layers(classifier, options));
    });

interface LayersOptions extends ModelOptions {
  readonly attention?: boolean;
  readonly json?: boolean;
}

function layers(classifier: Classifier, { json }: LayersOptions): string {
  const found = layersOf(classifier);
  const rows = found.map(describe);
  const caution = cautionOf(classifier, found);
  if (caution) warn([caution]);
  return json ? `${JSON.stringify(rows, null, 1)}\n` : rows.length > 0 ? printed(rows) : noLayers(classifier);
}

function attentions(classifier: Classifier, { json }: LayersOptions): string {
  const found = attentionFactsOf(classifier);
  if (json) return `${JSON.stringify(found.map(describeAttention), null, 1)}\n`;
  if (found.length === 0) return "The model has no attention.\n";
  const lines = found.map(({ node, heads, queries, keys, windows, places }, i) => [
    `${i}`,
    `${heads}`,
    `${queries}`,
    `${keys}`,
    `${windows}`,
    places ? gridText(places) : "",
    node,
  ]);
  const heads = ["index", "heads", "queries", "keys", "windows", "grid", "node"];
  return table(heads, lines, ["right", "right", "right", "right", "right"]);
}

const describeAttention = ({ places, ...facts }: AttentionFacts, index: number) => ({
  index,
  ...facts,
  grid: places?.grid ?? null,
  before: places?.before ?? null,
});

/** A grid after the number of tokens that come before it. */
const gridText = ({ before, grid }: { readonly before: number; readonly grid: readonly number[] }): string =>
  `${before > 0 ? `${before} + ` : ""}${grid.join("x")}`;

const describe = (
  { stage, depth, node, tensor, operator, shape, tokens, isDefault, signed, reached }: Layer,
  index: number,
) => ({
  index,
  stage: stage ?? null,
  depth: Math.round(depth * 100),
  operator,
  shape,
  tokens: tokens ? { before: tokens.before, grid: shape.slice(2), after: tokens.after } : null,
  node,
  tensor,
  default: isDefault,
  signed,
  reached,
});

function printed(rows: readonly ReturnType<typeof describe>[]): string {
  const withTokens = rows.some(({ tokens }) => tokens);
  const heads = ["index", "stage", "depth", "operator", "shape", ...(withTokens ? ["tokens"] : []), "node", "tensor"];
  const lines = rows.map((r) => [
    `${r.index}`,
    r.stage ?? "",
    `${r.depth} %`,
    r.operator,
    r.shape.join("x"),
    ...(withTokens ? [r.tokens ? gridText(r.tokens) : ""] : []),
    r.node,
    r.tensor,
  ]);
  const last = rows.find((r) => r.default);
  return `${table(heads, lines, ["right", "left", "right"])}
--layer takes any of these: index (also from the back: -1), stage, node or tensor name, or "last"${
    last ? ` (${last.stage ?? last.tensor})` : ""
  }.\n`;
}

const noLayers = (classifier: Classifier): string =>
  `There are no layers: ${whyNoLayers(classifier)}. Methods that need none, such as saliency, still work.\n`;
