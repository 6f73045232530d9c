import { LimnError } from "../error.js";
import type { Graph, Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import type { Shape } from "../graph/tensor.js";
import { paddingForSame, type Sliding, slidings, spreadLength } from "../graph/window.js";
import { knownOperator } from "../ops/registry.js";
import { restate } from "./restate.js";

type AutoPad = "NOTSET" | "VALID" | "SAME_UPPER" | "SAME_LOWER";

/**
 * Replaces auto_pad of convolutions and pooling, and output_shape of transposed convolutions, by the pads
 * (and output_padding) that they stand for.
 *
 * Requires: opset 21, inferred types.
 * Ensures: no auto_pad or output_shape is left where the input's shape is known.
 */
export function resolveAutoPad(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, inputs, target) =>
    node.domain === "" ? (node.opType === "ConvTranspose" ? spread : slide)(node, inputs, target) : undefined,
  );
  return { ...model, graph };
}

type Pass = (
  node: Node,
  inputs: readonly (Value | undefined)[],
  graph: Graph,
) => readonly (Value | undefined)[] | undefined;

/** Splits padding between start and end; an odd element goes to the end for SAME_UPPER, to the start for SAME_LOWER. */
function split(totals: readonly number[], mode: AutoPad): number[] {
  const start = totals.map((total) => (mode === "SAME_LOWER" ? Math.ceil(total / 2) : Math.floor(total / 2)));
  return [...start, ...totals.map((total, i) => total - (start[i] as number))];
}

const slide: Pass = (node, inputs, graph) => {
  const mode = node.at.string("auto_pad", "NOTSET") as AutoPad;
  if (!node.at.has("auto_pad")) return undefined;
  if (mode === "NOTSET") return restate(node, inputs, graph, { without: ["auto_pad"] });
  if (mode === "VALID") return restate(node, inputs, graph, { without: ["auto_pad", "pads"] });
  const axes = axesOf(node);
  if (!axes) return undefined;
  return restate(node, inputs, graph, {
    // the pads make every window fit
    without: ["auto_pad", "ceil_mode"],
    attributes: { pads: split(axes.map(paddingForSame), mode) },
  });
};

/**
 * A transposed convolution makes stride * (size - 1) + span + output_padding - pads elements. If fewer are wanted, pads cut
 * them off; if output_shape wants more, output_padding adds them at the end. SAME wants stride * size and, in ONNX Runtime,
 * gets fewer if the kernel does not reach that far.
 */
const spread: Pass = (node, inputs, graph) => {
  const { at } = node;
  const mode = at.string("auto_pad", "NOTSET") as AutoPad;
  if (!at.has("auto_pad") && !at.has("output_shape")) return undefined;
  if (!at.has("output_shape") && mode === "NOTSET") return restate(node, inputs, graph, { without: ["auto_pad"] });
  if (!at.has("output_shape") && mode === "VALID") {
    return restate(node, inputs, graph, { without: ["auto_pad", "pads"] });
  }
  const axes = axesOf(node);
  if (!axes) return undefined;
  const wanted = at
    .ints(
      "output_shape",
      axes.map(({ size, stride }) => size * stride),
    )
    .slice(-axes.length);
  const extra = at.ints(
    "output_padding",
    axes.map(() => 0),
  );
  const surplus = axes.map((axis, i) => spreadLength(axis) + (extra[i] as number) - (wanted[i] as number));
  const missing = surplus.map((s) => (at.has("output_shape") ? Math.max(-s, 0) : 0));
  const padding = extra.map((e, i) => e + (missing[i] as number));
  return restate(node, inputs, graph, {
    without: ["auto_pad", "output_shape", "output_padding"],
    attributes: {
      pads: split(
        surplus.map((s) => Math.max(s, 0)),
        mode === "SAME_UPPER" ? "SAME_UPPER" : "SAME_LOWER",
      ),
      output_padding: padding.some((p) => p > 0) ? padding : undefined,
    },
  });
};

/** The spatial axes of a window operator; undefined if a shape is not known. */
function axesOf(node: Node): Sliding[] | undefined {
  const { at } = node;
  const x = node.inputs[0]?.shape;
  const kernel = at.has("kernel_shape") ? at.ints("kernel_shape") : kernelOf(node);
  if (!x || !kernel) return undefined;
  if (x.length !== kernel.length + 2) {
    throw new LimnError(
      "bad-model",
      `${node.label}: its window [${kernel}] does not fit its input [${x}]; export the model again`,
    );
  }
  return slidings(at, x.slice(2), kernel);
}

/** The spatial part of the weights. */
const kernelOf = (node: Node): Shape | undefined =>
  node.inputs[knownOperator(node)?.inputs.indexOf("W") ?? -1]?.shape?.slice(2);
