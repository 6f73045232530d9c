import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isFlat, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

const table: [string, Operator][] = Object.entries(operators);

/** Differentiable operators that must be here, whatever else is. The dialect writes Upsample as Resize. */
const PROMISED = `
  Conv ConvTranspose Gemm MatMul Add Sub Mul Div Neg Sum Mean Max Min Abs Pow Sqrt Reciprocal Exp Log
  Relu LeakyRelu PRelu Elu Selu Celu Clip Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Erf Gelu
  MaxPool AveragePool GlobalAveragePool GlobalMaxPool
  LRN BatchNormalization InstanceNormalization LayerNormalization Softmax LogSoftmax
  ReduceMean ReduceSum ReduceMax ReduceL2
  Concat Split Slice Pad Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Identity Dropout Cast Gather Where
  Resize DepthToSpace SpaceToDepth
`
  .trim()
  .split(/\s+/);

const RARE = "rare in classifiers; finite differences check it";

/** Operators without a golden file, and why they can do without. */
const WITHOUT_GOLDEN: Record<string, string> = {
  Atan: RARE,
  Cos: RARE,
  CumSum: RARE,
  GatherElements: RARE,
  GatherND: RARE,
  ReduceLogSum: RARE,
  Sin: RARE,
  ThresholdedRelu: RARE,
};

const beside = (file: string) => new URL(file, import.meta.url);
const goldenOf = (name: string) => beside(`../../../../fixtures/operators/golden/${name}.json`);

/** The answers that an operator gives about its inputs. */
const rulesOf = ({ gradient }: Operator) =>
  isStop(gradient) || isFlat(gradient) ? [gradient] : Object.values(gradient).filter((rule) => rule !== undefined);

const hasGradient = (operator: Operator) => rulesOf(operator).some((rule) => typeof rule === "function");

describe("the registry", () => {
  it.each(PROMISED)("has a gradient for %s", (name) => {
    const operator = new Map(table).get(name);
    expect(operator && hasGradient(operator)).toBe(true);
  });

  const differentiable = table.filter(([, operator]) => hasGradient(operator)).map(([name]) => name);

  it.each(differentiable)("%s has a file and a test table of its own", (name) => {
    expect(existsSync(beside(`./${name}.ts`))).toBe(true);
    const test = beside(`./${name}.test.ts`);
    expect(existsSync(test), `${name}.test.ts`).toBe(true);
    expect(readFileSync(test, "utf8")).toContain(`checkOperator("${name}", `);
  });

  it.runIf(existsSync(goldenOf("Relu"))).each(differentiable)(
    "%s is compared with PyTorch, or a reason stands here",
    (name) => {
      // a reason that a golden file has made obsolete fails too
      expect(existsSync(goldenOf(name))).toBe(WITHOUT_GOLDEN[name] === undefined);
    },
  );

  it("gives no reason for operators that it does not have", () => {
    expect(differentiable).toEqual(expect.arrayContaining(Object.keys(WITHOUT_GOLDEN)));
  });

  const stops = table.flatMap(([name, operator]) =>
    rulesOf(operator).flatMap((rule) => (typeof rule === "object" && isStop(rule) ? [[name, rule.stop] as const] : [])),
  );

  it.each(stops)("%s is refused with a reason and a next step: %s", (_, reason) => {
    expect(reason).toMatch(/^[^;]+; (choose|export|explain|load|replace|use) .+[^.]$/);
  });

  const zeros = table.flatMap(([name, operator]) =>
    rulesOf(operator).flatMap((rule) => (typeof rule === "object" && isFlat(rule) ? [[name, rule.flat] as const] : [])),
  );

  it.each(zeros)("%s has gradient zero because %s", (_, reason) => {
    // reads on after "because"
    expect(reason).toMatch(/^\S+ .+[^.]$/);
  });

  it.each(table)("%s has rules for inputs that it declares, and no others", (_, { inputs, gradient }) => {
    if (isStop(gradient) || isFlat(gradient)) return;
    const declared = inputs.map((name) => name.replace(/^\.\.\.|\?$/g, ""));
    expect(declared).toEqual(expect.arrayContaining(Object.keys(gradient)));
  });
});
