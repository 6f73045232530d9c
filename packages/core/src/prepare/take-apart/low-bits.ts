import type { Graph, Value } from "../../graph/graph.js";
import { add, cast, concat, matmul, mul, reshape, slice, sub, transpose, unsqueeze } from "../../graph/math.js";
import { sizeOf } from "../../graph/tensor.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import type { TakeApart } from "./part.js";

// Products with weights of a few bits, several in a byte, that are scaled in blocks.

/** MatMulNBits: y = x W^T + bias, W = (B - zero) scale, with a scale and a zero for each block of a row. */
export const matMulNBits: TakeApart = (site) => {
  const { at, inputs } = site;
  // an order of its own for the blocks
  if (inputs[4]) return undefined;
  const [K, N, size, bits] = [at.int("K"), at.int("N"), at.int("block_size"), at.int("bits", 4)];
  const [x, B, scale] = [required(site, 0), required(site, 1), required(site, 2)];
  const blocks = Math.ceil(K / size);
  const integers = reshape(unpacked(B, bits), [N, blocks, size]);
  const centered = sub(cast(integers, "float32"), zerosOf(site, [N, blocks], bits));
  const rows = reshape(mul(centered, reshape(scale, [N, blocks, 1])), [N, blocks * size]);
  const W = blocks * size === K ? rows : slice(rows, [{ axis: 1, start: 0, end: K }]);
  return biased(matmul(x, transpose(W, [1, 0])), inputs[5]);
};

/** The integer that stands for 0 in each block, [N, blocks, 1]; without one, the middle of the range. */
function zerosOf({ inputs: [, , , zero] }: Site, [N, blocks]: readonly [number, number], bits: number): Value | number {
  if (!zero) return 2 ** (bits - 1);
  if (zero.dtype !== "uint8") return reshape(zero, [N, blocks, 1]);
  // each row begins with a byte of its own
  const each = reshape(unpacked(reshape(zero, [N, -1]), bits), [N, -1]);
  const kept = slice(each, [{ axis: 1, start: 0, end: blocks }]);
  return cast(unsqueeze(kept, [2]), "float32");
}

/** MatMulBnb4: y = x W^T, with numbers of 4 bits that stand for those of a table, scaled by the largest of their block. */
export const matMulBnb4: TakeApart = (site) => {
  const { at, graph } = site;
  const [K, N, size] = [at.int("K"), at.int("N"), at.int("block_size")];
  const [x, B, largest] = [required(site, 0), required(site, 1), required(site, 2)];
  const table = at.int("quant_type", 1) === 1 ? NF4 : FP4;
  // the first of two numbers is in the upper half of a byte
  const [low, high] = nibbles(B) as [Value, Value];
  const codes = cast(reshape(concat([unsqueeze(high, [-1]), unsqueeze(low, [-1])], -1), [-1, size]), "int64");
  const shares = graph.emit("Gather", [graph.constant("float32", [16], table), codes], { axis: 0 });
  const W = reshape(mul(shares, unsqueeze(largest, [1])), [N, K]);
  return matmul(x, transpose(W, [1, 0]));
};

/** The tables of Dettmers et al. 2023 (QLoRA), as bitsandbytes has them. */
const NF4 = [
  -1, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.09105004, 0, 0.0795803, 0.1609302, 0.2461123,
  0.33791524, 0.44070983, 0.562617, 0.72295684, 1,
];
const POSITIVE_FP4 = [0, 0.005208333, 0.6666667, 1, 0.33333333, 0.5, 0.16666667, 0.25];
const FP4 = [...POSITIVE_FP4, ...POSITIVE_FP4.map((x) => -x)];

/** The numbers that bytes hold, the lowest bits first: [..., bytes * 8 / bits]. */
function unpacked(bytes: Value, bits: number): Value {
  if (bits === 8) return bytes;
  const parts = partsOf(bytes, bits).map((part) => unsqueeze(part, [-1]));
  const last = (bytes.dims.at(-1) as number) * parts.length;
  return reshape(concat(parts, -1), [...bytes.dims.slice(0, -1), last]);
}

const nibbles = (bytes: Value): Value[] => partsOf(reshape(bytes, [sizeOf(bytes.dims)]), 4);

/** Each byte's numbers of so many bits. */
function partsOf(bytes: Value, bits: number): Value[] {
  const { graph } = bytes;
  const shifted = (by: number) =>
    by === 0 ? bytes : graph.emit("BitShift", [bytes, byte(graph, by)], { direction: "RIGHT" });
  const mask = byte(graph, 2 ** bits - 1);
  return Array.from({ length: 8 / bits }, (_, i) => graph.emit("BitwiseAnd", [shifted(i * bits), mask]));
}

const byte = (graph: Graph, value: number): Value => graph.constant("uint8", [], [value]);

const biased = (y: Value, b: Value | undefined): Value => (b ? add(y, b) : y);
