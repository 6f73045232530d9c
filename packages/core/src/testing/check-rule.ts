import { describe, expect, it } from "vitest";
import { copyOf } from "../compile/interface.js";
import { defineComposite } from "../composites/composite.js";
import { encodeModel } from "../onnx/encode.js";
import { inputRangeOf } from "../relevance/input-range.js";
import { planOf } from "../relevance/plan.js";
import { Propagation } from "../relevance/propagation.js";
import { type RuleName, rules } from "../rules/registry.js";
import type { Rule } from "../rules/rule.js";
import type { Bias } from "../rules/settings.js";
import { classifierOf, imageOf, runtime } from "./explaining.js";
import { type LayerCase, layerCases, type Matrix } from "./layer-cases.js";
import { NetworkWriter } from "./networks.js";
import { randomNumbers } from "./random.js";

/** A linear layer as a twin sees it: z_k = sum_j w_kj a_j + b_k, with the relevance of its outputs. */
export interface DenseLayer {
  readonly a: readonly number[];
  readonly w: Matrix;
  /** Whether output k reads input j at all. */
  readonly reads: readonly (readonly boolean[])[];
  readonly b: readonly number[];
  readonly R: readonly number[];
  readonly eps: number;
  /** The lowest and highest possible input. */
  readonly low: number;
  readonly high: number;
}

/** A rule as its definition says it, one number after the other: the relevance of input j. */
export type Twin = (layer: DenseLayer, j: number) => number;

/** Large enough that a stabilizer of the wrong sign, or in the wrong place, is seen. */
const EPSILON = 0.05;
const LOW = -1.5;
const HIGH = 2;

export const sumOver = <T>(values: readonly T[], term: (value: T, index: number) => number): number =>
  values.reduce((total, value, index) => total + term(value, index), 0);

/** z + eps sign(z), with sign(0) = 1. */
export const stable = (z: number, eps: number): number => (z >= 0 ? z + eps : z - eps);

/** What biases and the stabilizer keep, given to the inputs in proportion to the size of their relevance. */
function spread(shares: readonly number[], R: readonly number[]): number[] {
  const L = sumOver(R, (r) => r) - sumOver(shares, (r) => r);
  const size = sumOver(shares, Math.abs);
  return shares.map((r) => r + (size === 0 ? 0 : (Math.abs(r) / size) * L));
}

interface Variant {
  readonly bias: Bias | "none";
  readonly inputs: "signed" | "non-negative";
  /** Whether the method says that nothing is spread. */
  readonly kept?: true;
}

const VARIANTS: readonly Variant[] = [
  { bias: "share", inputs: "signed" },
  { bias: "share", inputs: "non-negative" },
  { bias: "ignore", inputs: "signed" },
  { bias: "ignore", inputs: "signed", kept: true },
  { bias: "spread", inputs: "signed" },
  { bias: "spread", inputs: "non-negative" },
  { bias: "none", inputs: "non-negative" },
];

/**
 * Compares a rule with its twin on every form of linear layer, with signed and non-negative inputs, with a bias that keeps
 * its share, is spread or is ignored, and without one.
 */
export function checkRule(rule: RuleName | Rule, options: Readonly<Record<string, unknown>>, twin: Twin): void {
  const name = typeof rule === "string" ? rule : rule.name;
  const { conserves } = typeof rule === "string" ? rules[rule] : rule;
  const title = Object.keys(options).length > 0 ? `${name} ${JSON.stringify(options)}` : name;
  describe(`${title} is its definition, for`, () => {
    const cases = layerCases.flatMap((layer) =>
      VARIANTS.filter(({ bias }) => layer.bias || bias === "share").map((variant) => ({ layer, ...variant })),
    );
    it.each(cases)("$layer.name, bias: $bias, kept: $kept, $inputs inputs", async ({ layer, ...variant }) => {
      const { found, dense } = await propagate(rule, options, layer, variant);
      const shares = dense.a.map((_, j) => twin(dense, j));
      const spreads = (variant.bias === "spread" || variant.bias === "ignore") && conserves && !variant.kept;
      // without its shift, batch normalization multiplies every number by itself
      const whole = variant.bias === "ignore" && spreads && layer.operator === "BatchNormalization";
      const expected = whole ? dense.R : spreads ? spread(shares, dense.R) : shares;
      const scale = Math.max(...expected.map(Math.abs));
      const distance = Math.max(...expected.map((R, j) => Math.abs((found[j] as number) - R)));
      expect(scale).toBeGreaterThan(0);
      expect(distance / scale).toBeLessThan(1e-5);
    });
  });
}

/** What Limn makes of the layer, and the layer written out. */
async function propagate(
  rule: RuleName | Rule,
  options: Readonly<Record<string, unknown>>,
  layer: LayerCase,
  { bias, inputs, kept }: Variant,
): Promise<{ found: Float32Array; dense: DenseLayer }> {
  const random = randomNumbers(`${layer.name} ${bias} ${inputs}`);
  const draw = (count: number) => Array.from({ length: count }, () => Math.fround(2 * random() - 1));
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const image = draw(size(layer.image));
  const W = draw(size(layer.weights));
  const b = bias === "none" || !layer.bias ? undefined : draw(size(layer.bias));

  const net = new NetworkWriter(layer.name, layer.image);
  const positive = inputs === "non-negative" ? net.relu("relu", net.image) : net.image;
  const { flattenAt } = layer;
  const a = flattenAt === undefined ? positive : net.node("Flatten", "row", [positive], { axis: flattenAt });
  const weights = net.constant("W", layer.weights, W);
  const factors = layer.signal === 0 ? [a, weights] : [weights, a];
  const shift = b ? [net.constant("b", layer.bias ?? [], b)] : [];
  // a bias that must be there is 0 where the case has none
  const needed =
    layer.more && !b
      ? [
          net.constant(
            "b",
            layer.weights,
            W.map(() => 0),
          ),
        ]
      : shift;
  const more = (layer.more ?? []).map((values, i) => net.constant(`statistics_${i}`, [values.length], values));
  const z = net.node(layer.operator, "layer", [...factors, ...needed, ...more], layer.attributes);
  const classifier = await classifierOf(net.bytes(net.flatten("outputs", z)));

  const copy = copyOf(classifier);
  const R = draw(copy.logits.dims[1] as number);
  const composite = defineComposite({
    entries: [{ rule, options: { ...options }, bias: bias === "none" ? "share" : bias }],
  });
  const range = inputRangeOf(copy, { low: [LOW], high: [HIGH] });
  const settings = { ...(kept && { bias: "share" as const }), stabilizer: "absolute" as const, epsilon: EPSILON };
  const propagation = new Propagation(planOf(copy, composite), settings, range);
  const { graph } = copy.model;
  const seed = graph.constant("float32", copy.logits.dims, R);
  const relevance = propagation.from(copy.logits, seed).at(copy.image);
  graph.outputs.splice(0, graph.outputs.length, relevance, copy.logits);
  const session = await runtime.createSession(encodeModel(copy.model), { weights: copy.weights });
  const results = await session.run({ [copy.image.name]: imageOf(layer.image, image) }, [
    relevance.name,
    copy.logits.name,
  ]);
  await session.release();

  const w = layer.matrix(W);
  const seen = inputs === "non-negative" ? image.map((v) => Math.max(v, 0)) : image;
  const zero = W.map(() => 0);
  const shifts = b || layer.more ? layer.shift?.(b ?? zero, W) : undefined;
  const outputs = w.map((row, k) => sumOver(row, (weight, j) => weight * (seen[j] as number)) + (shifts?.[k] ?? 0));
  // the matrix is the layer's
  outputs.forEach((output, k) => {
    expect(results[copy.logits.name]?.data[k]).toBeCloseTo(output, 4);
  });
  const clip = (bound: number) => (inputs === "non-negative" ? Math.max(bound, 0) : bound);
  const dense = {
    a: seen,
    w,
    reads: layer.matrix(W.map(() => 1)).map((row) => row.map((weight) => weight !== 0)),
    b: bias === "ignore" || !shifts ? w.map(() => 0) : shifts,
    R,
    eps: EPSILON,
    low: clip(LOW),
    high: clip(HIGH),
  };
  return { found: results[relevance.name]?.data as Float32Array, dense };
}
