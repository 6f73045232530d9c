import { type AttributeInit, float } from "../graph/attributes.js";
import { type Shape, sizeOf } from "../graph/tensor.js";

/** A matrix [outputs][inputs]. */
export type Matrix = readonly (readonly number[])[];

/** One linear layer by its ONNX node, and the same layer written out as a matrix. */
export interface LayerCase {
  readonly name: string;
  readonly operator: string;
  readonly attributes: AttributeInit;
  /** Of the image, [1, C, H, W]. */
  readonly image: Shape;
  /** The axis at which the image is flattened to a matrix before the layer. */
  readonly flattenAt?: number;
  /** The position of the signal among the two factors. */
  readonly signal: 0 | 1;
  readonly weights: Shape;
  /** Shape of the bias, where the operator takes one. */
  readonly bias?: Shape;
  /** Inputs that follow the bias. */
  readonly more?: readonly (readonly number[])[];
  /** z = matrix a for given weights, by the operator's definition. */
  readonly matrix: (W: readonly number[]) => Matrix;
  /** What is added to every output, for a given bias and given weights. */
  readonly shift?: (b: readonly number[], W: readonly number[]) => number[];
}

/** Index of a position in a row-major array. */
const at = (shape: Shape, position: readonly number[]): number =>
  position.reduce((index, p, axis) => index * (shape[axis] as number) + p, 0);

function* positions(shape: Shape): Generator<number[]> {
  for (let i = 0; i < sizeOf(shape); i++) {
    const position: number[] = [];
    let rest = i;
    for (const size of [...shape].reverse()) {
      position.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    yield position;
  }
}

const zeros = (outputs: number, inputs: number): number[][] =>
  Array.from({ length: outputs }, () => new Array<number>(inputs).fill(0));

interface Window {
  readonly from: Shape;
  readonly to: Shape;
  readonly kernel: Shape;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
  readonly group: number;
}

/** z[o, y, x] = sum over i, ky, kx of W[o, i, ky, kx] a[i, stride y + dilation ky - pad, stride x + dilation kx - pad] */
function convolution({ from, to, kernel, stride, dilation, pad, group }: Window, W: readonly number[]): number[][] {
  const [inputs, height, width] = from as [number, number, number];
  const [outputs] = to as [number, number, number];
  const perGroup = inputs / group;
  const matrix = zeros(sizeOf(to), sizeOf(from));
  for (const [o, y, x] of positions(to) as Generator<[number, number, number]>)
    for (const [i, ky, kx] of positions([perGroup, ...kernel]) as Generator<[number, number, number]>) {
      const row = stride * y + dilation * ky - pad;
      const column = stride * x + dilation * kx - pad;
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const channel = Math.floor(o / (outputs / group)) * perGroup + i;
      const weight = W[at([outputs, perGroup, ...kernel], [o, i, ky, kx])] as number;
      (matrix[at(to, [o, y, x])] as number[])[at(from, [channel, row, column])] = weight;
    }
  return matrix;
}

function transposed(matrix: Matrix): number[][] {
  const [first = []] = matrix;
  return first.map((_, j) => matrix.map((row) => row[j] as number));
}

const perChannel =
  (to: Shape) =>
  (b: readonly number[]): number[] =>
    [...positions(to)].map(([channel]) => b[channel as number] as number);

function conv(name: string, from: Shape, weights: Shape, to: Shape, { stride = 1, dilation = 1, pad = 0, group = 1 }) {
  const window = { from, to, kernel: weights.slice(2), stride, dilation, pad, group };
  return {
    name,
    operator: "Conv",
    attributes: {
      kernel_shape: weights.slice(2),
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: [pad, pad, pad, pad],
      group,
    },
    image: [1, ...from],
    signal: 0,
    weights,
    bias: [to[0] as number],
    matrix: (W) => convolution(window, W),
    shift: perChannel(to),
  } satisfies LayerCase;
}

/** Forwards as convolutions go backwards: the matrix is the transpose of a convolution's. */
const convTranspose = (name: string, from: Shape, weights: Shape, to: Shape, { stride = 1, pad = 0 }) =>
  ({
    name,
    operator: "ConvTranspose",
    attributes: { kernel_shape: weights.slice(2), strides: [stride, stride], pads: [pad, pad, pad, pad] },
    image: [1, ...from],
    signal: 0,
    weights,
    bias: [to[0] as number],
    matrix: (W) =>
      transposed(convolution({ from: to, to: from, kernel: weights.slice(2), stride, dilation: 1, pad, group: 1 }, W)),
    shift: perChannel(to),
  }) satisfies LayerCase;

/** y[k] = alpha sum_j W[j, k] a[j] + beta b[k], a row of A (or a column of B) times a matrix that may lie on its side. */
const gemm = (name: string, signal: 0 | 1, { alpha = 1, beta = 1, transA = 0, transB = 0 }) => {
  const onItsSide = signal === 0 ? transB === 0 : transA === 1;
  const entry = (W: readonly number[], k: number, j: number) =>
    onItsSide ? W[at([12, 5], [j, k])] : W[at([5, 12], [k, j])];
  return {
    name,
    operator: "Gemm",
    attributes: {
      alpha: float(alpha),
      beta: float(beta),
      transA,
      transB,
    },
    image: [1, 3, 2, 2],
    flattenAt: signal === 0 ? 1 : 4,
    signal,
    weights: onItsSide ? [12, 5] : [5, 12],
    bias: signal === 0 ? [5] : [5, 1],
    matrix: (W) => zeros(5, 12).map((row, k) => row.map((_, j) => alpha * (entry(W, k, j) as number))),
    shift: (b) => b.map((v) => beta * v),
  } satisfies LayerCase;
};

/** Over the last axis, or the last but one: all others are images of their own. */
function matMul(name: string, signal: 0 | 1): LayerCase {
  const from = [2, 3, 4];
  const to = signal === 0 ? [2, 3, 5] : [2, 5, 4];
  const weights = signal === 0 ? [4, 5] : [5, 3];
  return {
    name,
    operator: "MatMul",
    attributes: {},
    image: [1, ...from],
    signal,
    weights,
    matrix: (W) => {
      const matrix = zeros(sizeOf(to), sizeOf(from));
      for (const [c, m, n] of positions(to) as Generator<[number, number, number]>)
        for (let i = 0; i < (signal === 0 ? 4 : 3); i++) {
          const weight = W[signal === 0 ? at(weights, [i, n]) : at(weights, [m, i])] as number;
          (matrix[at(to, [c, m, n])] as number[])[at(from, signal === 0 ? [c, m, i] : [c, i, n])] = weight;
        }
      return matrix;
    },
  };
}

/** z = scale (x - mean) / sqrt(variance + epsilon) + b, each channel by itself. */
function batchNorm(): LayerCase {
  const from = [3, 2, 2];
  const mean = [0.3, -0.2, 0.1];
  const variance = [0.5, 1.5, 2];
  const deviation = variance.map((v) => Math.sqrt(v + 1e-5));
  return {
    name: "batch normalization",
    operator: "BatchNormalization",
    attributes: {},
    image: [1, ...from],
    signal: 0,
    weights: [3],
    bias: [3],
    more: [mean, variance],
    matrix: (W) => {
      const of = ([channel]: readonly number[]) =>
        (W[channel as number] as number) / (deviation[channel as number] as number);
      return [...positions(from)].map((p, k) => [...positions(from)].map((_, j) => (j === k ? of(p) : 0)));
    },
    shift: (b, W) =>
      [...positions(from)].map(([c]) => {
        const channel = c as number;
        return (
          (b[channel] as number) - ((W[channel] as number) * (mean[channel] as number)) / (deviation[channel] as number)
        );
      }),
  };
}

/** Every form of linear layer that rules apply to, small enough to be written out. */
export const layerCases: readonly LayerCase[] = [
  conv("convolution", [2, 4, 4], [3, 2, 3, 3], [3, 4, 4], { pad: 1 }),
  conv("strided convolution", [2, 5, 5], [3, 2, 3, 3], [3, 3, 3], { pad: 1, stride: 2 }),
  conv("dilated convolution", [2, 5, 5], [2, 2, 2, 2], [2, 5, 5], { pad: 1, dilation: 2 }),
  conv("grouped convolution", [4, 3, 3], [6, 2, 2, 2], [6, 2, 2], { group: 2 }),
  conv("depthwise convolution", [3, 4, 4], [3, 1, 3, 3], [3, 4, 4], { pad: 1, group: 3 }),
  convTranspose("transposed convolution", [2, 3, 3], [2, 3, 2, 2], [3, 6, 6], { stride: 2 }),
  gemm("Gemm", 0, { transB: 1 }),
  gemm("Gemm with a negative alpha", 0, { alpha: -0.5, beta: 2 }),
  gemm("Gemm with the signal on the right", 1, {}),
  matMul("MatMul", 0),
  matMul("MatMul with the signal on the right", 1),
  batchNorm(),
];
