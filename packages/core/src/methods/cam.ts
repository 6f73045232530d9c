import { z } from "zod";
import { LimnError } from "../error.js";
import { constantNumbers, type Node, type Value } from "../graph/graph.js";
import { abs, add, axesExcept, CHANNEL, mean, mul, reshape, spatialAxes, sub, sum, transpose } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import { defineMethod } from "./method.js";

/**
 * Class activation mapping (Zhou et al. 2016), eqs. 1-2.
 *
 *   M(x, y) = sum_k w_k^c f_k(x, y)
 *
 * Needs activations -> global average pool -> exactly one fully connected layer -> logits; then
 * mean(M) + bias = y_c, which is checked on every run. Where the pool itself gives the logits, as after
 * SqueezeNet's last 1x1 convolution, the weights are the identity by linearity.
 */
export const cam = defineMethod({
  name: "cam",
  summary: "the class's own weights on the last activations, where the architecture allows it",
  source: "Zhou et al. 2016, eqs. 1-2",
  usesLayer: false,
  options: z.object({}),
  signed: () => true,
  map({ score, image }) {
    const { features: f, weights, bias } = recognizeCam(score.logits, image);
    const { graph } = f;
    const w = weights ? graph.emit("Gather", [weights, score.target], { axis: 0 }) : score.seed;
    const M = sum(mul(reshape(w, [...w.dims, ...spatialAxes(f).map(() => 1)]), f), [CHANNEL], false);

    const y = sum(mul(score.logits, score.seed), [1], false);
    const b = bias && graph.emit("Gather", [bias, score.target], { axis: 0 });
    const pooled = mean(M, axesExcept(M, [0]), false);
    const residual = abs(sub(y, b ? add(pooled, b) : pooled));
    return { map: M, residual: { value: residual, meaning: "|mean(map) + bias - logit|" } };
  },
});

interface CamParts {
  /** The pooled activations, [N, K, h, w]. */
  readonly features: Value;
  /** [classes, K]; undefined for the identity. */
  readonly weights: Value | undefined;
  /** [classes] */
  readonly bias: Value | undefined;
}

/** Nodes that only change the layout of what they pass on. */
const LAYOUT = new Set(["Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout"]);

/**
 * Finds the parts that CAM needs, in any of the ways that exporters write them.
 * @throws LimnError `not-applicable` naming the node that breaks the condition
 */
export function recognizeCam(logits: Value, image: Value): CamParts {
  const computed = new Set<Value>([image]);
  for (const node of image.graph.descendants([image])) for (const output of node.outputs) if (output) computed.add(output);
  const isConstant = (value: Value | undefined): value is Value => value !== undefined && !computed.has(value);

  const head = skipLayout(logits);
  const linear = readLinear(head, isConstant);
  const pooled = linear ? skipLayout(linear.input) : head;
  const features = readPool(pooled);
  if (!features) {
    const node = pooled.producer;
    const where = node ? node.label : `the input "${pooled.name}"`;
    const expected = linear
      ? "stands before the fully connected layer, where CAM needs global average pooling"
      : "makes the logits, where CAM needs one fully connected layer after global average pooling";
    throw new LimnError("not-applicable", `cam: ${where} ${expected}; use grad-cam, which works on any network`);
  }
  return { features, weights: linear?.weights, bias: linear?.bias };
}

function skipLayout(value: Value): Value {
  let current = value;
  while (current.producer && current.producer.domain === "" && LAYOUT.has(current.producer.opType)) {
    const [input] = current.producer.inputs;
    if (!input || !movesNoData(current.producer)) break;
    current = input;
  }
  return current;
}

/** Flattening keeps features apart only where the spatial extent is gone. */
const movesNoData = (node: Node): boolean => {
  const [x] = node.inputs;
  return x?.shape !== undefined && sizeOf(x.shape) === (x.shape[0] ?? 1) * Math.max(...x.shape.slice(1), 1);
};

interface Linear {
  readonly input: Value;
  readonly weights: Value;
  readonly bias: Value | undefined;
}

/** A fully connected layer: Gemm, MatMul (+ Add), or a 1x1 convolution on a single position. */
function readLinear(value: Value, isConstant: (v: Value | undefined) => v is Value): Linear | undefined {
  const node = value.producer;
  if (!node || node.domain !== "") return undefined;
  const [a, b, c] = node.inputs;
  switch (node.opType) {
    case "Gemm": {
      const { at } = node;
      if (!a || !isConstant(b) || at.int("transA", 0) || at.float("alpha", 1) !== 1 || at.float("beta", 1) !== 1) return undefined;
      const weights = at.int("transB", 0) ? b : transpose(b, [1, 0]);
      return { input: a, weights, bias: c && perClass(c, weights) };
    }
    case "MatMul": {
      if (!a || !isConstant(b) || b.rank !== 2) return undefined;
      return { input: a, weights: transpose(b, [1, 0]), bias: undefined };
    }
    case "Add": {
      const [product, bias] = isConstant(b) ? [a, b] : [b, a];
      if (!product || !isConstant(bias)) return undefined;
      const inner = readLinear(skipLayout(product), isConstant);
      return inner && !inner.bias ? { ...inner, bias: perClass(bias, inner.weights) } : undefined;
    }
    case "Conv": {
      if (!a || !isConstant(b) || sizeOf(a.dims.slice(2)) !== 1 || sizeOf(b.dims.slice(2)) !== 1 || node.at.int("group", 1) !== 1) return undefined;
      return { input: a, weights: reshape(b, b.dims.slice(0, 2)), bias: c };
    }
    default:
      return undefined;
  }
}

/** A bias of any broadcast form as [classes]. */
function perClass(bias: Value, weights: Value): Value {
  const classes = weights.dims[0] as number;
  return sizeOf(bias.dims) === classes ? reshape(bias, [classes]) : bias.graph.emit("Expand", [reshape(bias, [1]), bias.graph.ints([classes])]);
}

/** What a global average pool pools, or undefined where the value is not made by one. */
function readPool(value: Value): Value | undefined {
  const node = value.producer;
  const [x] = node?.inputs ?? [];
  if (!node || node.domain !== "" || !x || x.rank < 3) return undefined;
  const spatial = spatialAxes(x);
  switch (node.opType) {
    case "GlobalAveragePool":
      return x;
    case "ReduceMean": {
      const axes = node.inputs[1]?.initializer && reducedAxes(node, x);
      return axes && axes.length === spatial.length && axes.every((a) => spatial.includes(a)) ? x : undefined;
    }
    case "AveragePool": {
      const kernel = node.at.ints("kernel_shape");
      const pads = node.at.ints("pads", []);
      return kernel.every((k, i) => k === x.dims[i + 2]) && pads.every((p) => p === 0) ? x : undefined;
    }
    default:
      return undefined;
  }
}

function reducedAxes(node: Node, x: Value): number[] {
  return constantNumbers(node.inputs[1] as Value, "axes", node.label).map((a) => normalizeAxis(a, x.rank));
}
