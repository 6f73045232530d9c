import { describe, expect, it } from "vitest";
import type { AttributeInit } from "../graph/attributes.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { randomNumbers } from "../testing/random.js";

const SHAPE = [1, 4, 2, 3];
const [CHANNELS, POSITIONS] = [4, 6];
const SIZE = CHANNELS * POSITIONS;
/** Large enough that a stabilizer of the wrong sign, or in the wrong place, is seen. */
const EPSILON = 0.05;

const channelOf = (i: number) => Math.floor(i / POSITIONS);

/** A normalization, by which elements share their statistics, and which scale and bias each has. */
interface Normalization {
  readonly operator: string;
  readonly attributes: AttributeInit;
  readonly group: (i: number) => number;
  readonly factors: number;
  readonly factor: (i: number) => number;
}

const NORMALIZATIONS: readonly Normalization[] = [
  {
    operator: "LayerNormalization",
    attributes: { axis: -1 },
    group: (i) => Math.floor(i / 3),
    factors: 3,
    factor: (i) => i % 3,
  },
  {
    operator: "GroupNormalization",
    attributes: { num_groups: 2 },
    group: (i) => Math.floor(channelOf(i) / 2),
    factors: CHANNELS,
    factor: channelOf,
  },
  { operator: "InstanceNormalization", attributes: {}, group: channelOf, factors: CHANNELS, factor: channelOf },
];

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** R_j = sum_k x_j dy_k/dx_j / z_k R_k, dy_k/dx_j = w_k ([j = k] - 1/n) / sigma, one number after the other. */
function twin(
  { group }: Normalization,
  x: readonly number[],
  w: (k: number) => number,
  b: (k: number) => number,
  R: (k: number) => number,
): number[] {
  return x.map((xj, j) => {
    const members = x.flatMap((_, k) => (group(k) === group(j) ? [k] : []));
    const n = members.length;
    const mu = sum(members.map((k) => x[k] as number)) / n;
    const sigma = Math.sqrt(sum(members.map((k) => ((x[k] as number) - mu) ** 2)) / n + 1e-5);
    return sum(
      members.map((k) => {
        const z = (((x[k] as number) - mu) / sigma) * w(k) + b(k);
        const slope = (w(k) * ((j === k ? 1 : 0) - 1 / n)) / sigma;
        return ((xj * slope) / (z >= 0 ? z + EPSILON : z - EPSILON)) * R(k);
      }),
    );
  });
}

describe.each(NORMALIZATIONS)("$operator is linear with its deviation held constant", (normalization) => {
  it.each(["share", "ignore"] as const)("bias: %s", async (bias) => {
    const { operator, attributes, factors, factor } = normalization;
    const random = randomNumbers(operator);
    const draw = (low: number) => Array.from({ length: factors }, () => Math.fround(low + random()));
    const [scale, shift] = [draw(0.5), draw(-0.5)];
    const net = new NetworkWriter(operator, SHAPE);
    const parameters = [net.constant("scale", [factors], scale), net.constant("b", [factors], shift)];
    const y = net.node(operator, "norm", [net.image, ...parameters], attributes);
    const classifier = await classifierOf(net.bytes(net.flatten("flatten", y)));

    const image = noise(SHAPE, operator);
    const x = Array.from(image.data, Number);
    const composite = { entries: [{ rule: "epsilon", bias }] };
    const settings = { bias: "share", stabilizer: "absolute", epsilon: EPSILON };
    const options = { composite, seed: "contrastive", reduce: "none", ...settings };
    const [map] = await mapsOf(classifier, [{ method: "lrp", options }], image, 4);
    const expected = twin(
      normalization,
      x,
      (k) => scale[factor(k)] as number,
      (k) => (bias === "share" ? (shift[factor(k)] as number) : 0),
      (k) => (k === 4 ? 1 : -1 / (SIZE - 1)),
    );
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => {
      expect(Math.abs((map?.values[i] as number) - value) / largest).toBeLessThan(1e-5);
    });
  });
});

it("ignores no bias of a normalization whose relevance is in proportion to all of its output", async () => {
  const net = new NetworkWriter("bounded", [1, 2, 2, 3]);
  // y - b is 0 for an element whose y is not
  const [scale, shift] = [net.constant("scale", [3], [1, 1, 1]), net.constant("b", [3], [0.5, 0.5, 0.5])];
  const y = net.node("LayerNormalization", "norm", [net.image, scale, shift], { axis: -1 });
  const logits = net.node("Gemm", "fc", [net.flatten("flatten", y), net.random("W", [12, 2], -1, 1)]);
  const classifier = await classifierOf(net.bytes(logits));
  const image = {
    dtype: "float32",
    dims: [1, 2, 2, 3],
    data: Float32Array.of(1, 2, 3, 1, 3, 5, 0, 1, 2, 3, 4, 5),
  } as const;
  const of = (bias: string) => ({
    method: "lrp",
    options: { composite: { entries: [{ rule: "epsilon", bias }] }, reduce: "none" },
  });
  const [ignored, spread] = await mapsOf(classifier, [of("ignore"), of("spread")], image, 0);
  expect(ignored?.values).toEqual(spread?.values);
});
