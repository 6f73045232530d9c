import * as v from "valibot";
import { LimnError } from "../error.js";
import { constantNumbers, type Node, type Value } from "../graph/graph.js";
import {
  abs,
  add,
  axesExcept,
  CHANNEL,
  expand,
  matmul,
  mean,
  mul,
  reshape,
  spatialAxes,
  sub,
  sum,
  transpose,
} from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { type Size, sizeOf } from "../graph/tensor.js";
import { slidings } from "../graph/window.js";
import { hasPlaces } from "../ops/axes.js";
import { factOf } from "../ops/registry.js";
import { gridOf, isSequence, placesOf, type TokenGrid } from "../places.js";
import { defineMethod } from "./define.js";

/**
 * Class activation mapping (Zhou et al. 2016), eqs. 1-2.
 *
 *   M(x, y) = sum_k w_k^c f_k(x, y)
 *
 * Needs activations -> global average pool -> exactly one fully connected layer -> logits; then
 * mean(M) + bias = y_c, which is checked on every run. If the pool itself gives the logits, as after SqueezeNet's last
 * 1x1 convolution, the weights are the identity by linearity.
 */
export const cam = defineMethod({
  name: "cam",
  summary: "the class's own weights on the last activations, where the architecture allows it",
  source: "Zhou et al. 2016, eqs. 1-2",
  family: "class activation maps",
  table: { runs: "1", aboutClass: "yes", needs: "global average pooling and one fully connected layer", at: "last" },
  usesLayer: false,
  options: v.object({}),
  signed: () => true,
  map({ score, image, classifier }) {
    const { layer, features: f, weights, bias, rounded } = recognizeCam(score.logits, image, classifier.grid);
    const { graph } = f;
    const ofTarget = (of: Value) =>
      score.combination ? matmul(score.seed, of) : graph.emit("Gather", [of, score.target], { axis: 0 });
    const w = weights ? ofTarget(weights) : score.seed;
    const M = sum(mul(reshape(w, [...w.dims, ...spatialAxes(f).map(() => 1)]), f), [CHANNEL], false);

    const y = sum(mul(score.logits, score.seed), [1], false);
    const b = bias && ofTarget(bias);
    const pooled = mean(M, axesExcept(M, [0]), false);
    const residual = abs(sub(y, b ? add(pooled, b) : pooled));
    // rounding moves the logit, and that says nothing of the network
    if (rounded) return { map: M, layer };
    return { map: M, layer, residual: { value: residual, meaning: "|mean(map) + bias - logit|" } };
  },
});

interface CamParts {
  /** The pooled activations. */
  readonly layer: Value;
  /** The same, [N, K, h, w]: tokens as their grid. */
  readonly features: Value;
  /** [classes, K]; if undefined, the pool gives the logits and the weights are the identity. */
  readonly weights: Value | undefined;
  /** [classes] */
  readonly bias: Value | undefined;
  /** Whether the pooled features or the logits are rounded to integers on the way. */
  readonly rounded: boolean;
}

/**
 * Finds the parts that CAM needs, in any of the ways that exporters write them.
 * @throws LimnError `not-applicable` naming the node that breaks the condition
 */
function recognizeCam(logits: Value, image: Value, grid: Size | undefined): CamParts {
  const computed = image.graph.dependents([image]);
  const isConstant = (value: Value | undefined): value is Value => value !== undefined && !computed.has(value);

  const head = skipLayout(logits);
  const linear = readLinear(head, isConstant);
  const pooled = linear ? skipLayout(linear.input) : head;
  const found = readPool(pooled, image, grid);
  const layer = copied(found?.layer);
  if (!layer) {
    const where = pooled.producer ? pooled.label : `the input "${pooled.name}"`;
    const condition = linear
      ? "comes before the fully connected layer, but CAM needs global average pooling there"
      : "gives the scores, but CAM needs them from one fully connected layer after global average pooling";
    throw new LimnError(
      "not-applicable",
      `cam: ${where} ${condition}; use grad-cam, or saliency if the network has no spatial layers`,
    );
  }
  const after = layer.graph.descendants([layer]);
  const rounded = after.some((node) => factOf(node, "numbers") === "quantized");
  return { layer, features: found?.grid?.lay(layer) ?? layer, weights: linear?.weights, bias: linear?.bias, rounded };
}

/** What a copy is of: Dropout's output has no layer of its own. */
function copied(value: Value | undefined): Value | undefined {
  const copy = value?.producer && factOf(value.producer, "layout") === "copies";
  return copy ? copied(value.producer?.inputs[0]) : value;
}

/** Goes back over nodes that only change the layout: the features of an image stay in their order. */
function skipLayout(value: Value): Value {
  const { producer } = value;
  const [x] = producer?.inputs ?? [];
  const layout = producer && factOf(producer, "layout");
  // what rounds to integers and back counts as the same numbers
  const rounds = producer && factOf(producer, "numbers") === "quantized";
  // an optimizer takes channels first after the mean; images stay first
  const turns = layout === "permutes" && producer?.at.ints("perm", [])[0] === 0;
  const inOrder = layout === "reshapes" || layout === "copies" || rounds || turns;
  return inOrder && x && hasOnePosition(x) ? skipLayout(x) : value;
}

/** Whether a value has one number per image and feature: then no reshape can mix positions into features. */
const hasOnePosition = ({ shape }: Value): boolean =>
  shape !== undefined && sizeOf(shape) === (shape[0] ?? 1) * Math.max(1, ...shape.slice(1));

interface Linear {
  readonly input: Value;
  /** [classes, K] */
  readonly weights: Value;
  /** [classes] */
  readonly bias: Value | undefined;
}

type IsConstant = (value: Value | undefined) => value is Value;

/** A fully connected layer: Gemm, MatMul (+ Add), or a 1x1 convolution on a single position. */
function readLinear(value: Value, isConstant: IsConstant): Linear | undefined {
  const node = value.producer;
  if (node?.domain !== "") return undefined;
  const { at } = node;
  const [a, b, c] = node.inputs;
  switch (node.opType) {
    case "Gemm": {
      if (!a || !isConstant(b) || at.int("transA", 0) || (c && !isConstant(c))) return undefined;
      const weights = scaled(at.int("transB", 0) ? b : transpose(b, [1, 0]), at.float("alpha", 1));
      return withBias({ input: a, weights, bias: undefined }, c && scaled(c, at.float("beta", 1)));
    }
    case "MatMul":
      if (!a || !isConstant(b) || b.rank !== 2) return undefined;
      return { input: a, weights: transpose(b, [1, 0]), bias: undefined };
    case "Add": {
      const [product, bias] = isConstant(b) ? [a, b] : [b, a];
      if (!product || !isConstant(bias)) return undefined;
      const inner = readLinear(skipLayout(product), isConstant);
      return inner && !inner.bias ? withBias(inner, bias) : undefined;
    }
    case "Conv":
      if (!a || !isConstant(b) || !isOne(a.dims.slice(2)) || !isOne(b.dims.slice(2))) return undefined;
      if (at.int("group", 1) !== 1 || (c && !isConstant(c))) return undefined;
      return { input: a, weights: reshape(b, b.dims.slice(0, 2)), bias: c };
    default:
      return undefined;
  }
}

const isOne = (shape: readonly number[]): boolean => sizeOf(shape) === 1;

const scaled = (x: Value, factor: number): Value => (factor === 1 ? x : mul(x, factor));

/** Adds a bias of any form that is the same for every image; undefined if it is not. */
function withBias(linear: Linear, bias: Value | undefined): Linear | undefined {
  if (!bias) return linear;
  const classes = linear.weights.dims[0] as number;
  const last = bias.dims.at(-1) ?? 1;
  if (sizeOf(bias.dims) !== last || (last !== 1 && last !== classes)) return undefined;
  return { ...linear, bias: expand(reshape(bias, [last]), [classes]) };
}

/** Activations whose mean over all places a value is. */
interface Pooled {
  readonly layer: Value;
  /** How they lie as a picture, if they are tokens. */
  readonly grid?: TokenGrid;
}

/** What a value is the mean of over all places; undefined if it is not a mean, or if tokens without a place count, too. */
function readPool(value: Value, image: Value, hint: Size | undefined): Pooled | undefined {
  const { x, axes } = readMean(value) ?? {};
  if (!x || !axes) return undefined;
  const spatial = spatialAxes(x);
  const isSpatial = x.rank === 4 && axes.length === spatial.length && spatial.every((axis) => axes.includes(axis));
  // one row or column may be all tokens, in a row
  if (isSpatial && !spatial.some((axis) => x.dims[axis] === 1)) return { layer: x };
  const places = placesOf(image, hint).get(x);
  if (isSpatial && !places?.some(isSequence)) return { layer: x };
  const grid = places && gridOf(x, places, image.dims[0] ?? 1);
  const isMean = places?.every((axis, i) => !hasPlaces(axis) || axes.includes(i));
  const isOfPlaces = axes.every((i) => hasPlaces(places?.[i]) || x.dims[i] === 1);
  return grid && isMean && isOfPlaces && grid.before + grid.after === 0 ? { layer: x, grid } : undefined;
}

/** What a value is the mean of, and over which axes; undefined if it is not a mean. */
function readMean(value: Value): { readonly x: Value; readonly axes: readonly number[] } | undefined {
  const node = value.producer;
  const [x] = node?.inputs ?? [];
  if (node?.domain !== "" || !x) return undefined;
  switch (node.opType) {
    case "GlobalAveragePool":
      return { x, axes: spatialAxes(x) };
    case "ReduceMean":
      return node.inputs[1]?.initializer && { x, axes: reducedAxes(node, x) };
    case "AveragePool":
      return coversAll(node, x) ? { x, axes: spatialAxes(x) } : undefined;
    default:
      return undefined;
  }
}

/** Whether a pooling node has a single window, which averages over all positions and nothing else. */
function coversAll({ at, output }: Node, x: Value): boolean {
  const axes = slidings(at, x.dims.slice(2), at.ints("kernel_shape"));
  const covered = axes.every(
    ({ size, kernel, before, dilation }) => before >= 0 && kernel - before >= size && dilation === 1,
  );
  // what ceil_mode lets a window reach beyond the pads never counts
  const ignoresPads = at.int("count_include_pad", 0) === 0 || axes.every(({ before, after }) => before + after === 0);
  return isOne(output.dims.slice(2)) && covered && ignoresPads;
}

function reducedAxes(node: Node, x: Value): number[] {
  return constantNumbers(node.inputs[1] as Value, "axes", node.label).map((a) => normalizeAxis(a, x.rank));
}
