import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { normalizeAxis } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import type { ScoreFunction } from "../ops/operator.js";
import { factOf } from "../ops/registry.js";

/**
 * Drops a Softmax, LogSoftmax or Sigmoid at the end, so that explanations start at the logits: the gradient of a
 * probability vanishes if the network is certain. What only resembles these stays, and so does a softmax of several in one output.
 *
 * Ensures: the first output holds logits.
 * @returns the model, and the score function that it lost
 * @throws LimnError `unsupported` for a softmax over images
 */
export function dropSoftmax(model: Model): { model: Model; dropped: ScoreFunction | undefined } {
  const [image] = model.graph.inputs;
  const [output] = model.graph.outputs;
  const last = finalScoreFunction(output);
  if (!image || !output?.shape || !last || factOf(last, "roughly")) return { model, dropped: undefined };
  const images = image.dims[0] as number;
  refuseOverImages(last, images);
  if (!isOverClasses(last, sizeOf(output.shape) / images)) return { model, dropped: undefined };
  // probabilities are rounded to integers from 0 to 1, which would cut off the logits
  const after = new Set(model.graph.descendants([last.output]).filter(rounds));
  const { graph } = rewrite(model.graph, (node, [x]) => (node === last || after.has(node) ? x : undefined));
  for (const name of [last.name, last.output.name]) {
    graph.names.delete(name);
    graph.dissolved.set(name, "explanations start at the logits before it");
  }
  return { model: { ...model, graph }, dropped: factOf(last, "scores") };
}

/** Along which axis the numbers of a softmax sum to 1, and how many these are. */
function summed({ output, at }: Node): { readonly axis: number; readonly size: number } {
  const axis = normalizeAxis(at.int("axis", -1), output.rank);
  return { axis, size: output.dims[axis] as number };
}

/** Whether probabilities are independent, or those of all classes of an image sum to 1. */
export const isOverClasses = (node: Node, classes: number): boolean =>
  factOf(node, "scores") !== "softmax" || summed(node).size === classes;

/**
 * Refuses a softmax whose numbers say nothing of an image's classes, because they are shares among images, or 1 for all of one image's.
 * @throws LimnError `unsupported`
 */
export function refuseOverImages(node: Node, images: number): void {
  if (factOf(node, "scores") !== "softmax") return;
  const { axis, size } = summed(node);
  const { dims } = node.output;
  const isOfImages = axis === 0 && dims.length > 1 && size === images;
  if (size !== 1 && !isOfImages) return;
  const what = isOfImages ? "which counts the images" : "which holds a single number";
  const makes =
    images === 1 || !isOfImages
      ? "so that every output is 1, whatever the picture"
      : "so that images compete instead of classes";
  throw new LimnError(
    "unsupported",
    `${node.label}: the probabilities of the output are a softmax over axis ${axis} of [${dims.join(", ")}], ${what}, ${makes}; export the model with its softmax over the axis of the classes, or without one`,
  );
}

/** The node that makes probabilities of scores, if nothing but changes of layout comes after it. */
function finalScoreFunction(output: Value | undefined): Node | undefined {
  let node = output?.producer;
  while (node && carriesOn(node)) node = node.inputs[0]?.producer;
  return node && factOf(node, "scores") ? node : undefined;
}

/** What makes probabilities in the last step to a value, if that is what it does. */
export function scoresOf(value: Value): ScoreFunction | undefined {
  const last = finalScoreFunction(value);
  return last && factOf(last, "scores");
}

/** The node that gives the largest of some scores, or where they are, if nothing but layout and probabilities come after it. */
export function rankingOf(output: Value): Node | undefined {
  let node = output.producer;
  while (node && (carriesOn(node) || factOf(node, "scores"))) node = node.inputs[0]?.producer;
  return node && factOf(node, "ranks") ? node : undefined;
}

/** Whether a node gives its input's numbers, perhaps in another layout. */
function carriesOn(node: Node): boolean {
  const layout = factOf(node, "layout");
  return layout === "copies" || layout === "reshapes" || layout === "permutes" || rounds(node);
}

/** Whether a node makes integers that stand for floats, or the floats again. */
const rounds = (node: Node): boolean => factOf(node, "numbers") === "quantized";
