import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { beyondDialect } from "../prepare/upgrade-opset.js";
import { checkedOperator } from "./checked-operator.js";
import { isPiecewiseConstant, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

const table: [string, Operator][] = Object.entries(operators);

/** Differentiable operators that must be here, whatever else is. The dialect writes Upsample as Resize. */
const PROMISED = `
  Conv ConvTranspose Gemm MatMul Add Sub Mul Div Neg Sum Mean Max Min Abs Pow Sqrt Reciprocal Exp Log
  Relu LeakyRelu PRelu Elu Selu Celu Clip Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Erf Gelu
  Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Shrink
  MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool
  LRN BatchNormalization InstanceNormalization LayerNormalization LpNormalization Softmax LogSoftmax
  ReduceMean ReduceSum ReduceMax ReduceL2 ReduceProd
  Concat Split Slice Pad Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Identity Dropout Cast Gather Where
  Resize DepthToSpace SpaceToDepth
`
  .trim()
  .split(/\s+/);

const beside = (file: string) => new URL(file, import.meta.url);

const INDEX = beside("../index.ts");
const sources = readdirSync(beside(".")).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

/** The answers that an operator gives about its inputs. */
const rulesOf = ({ gradient }: Operator) =>
  isStop(gradient) || isPiecewiseConstant(gradient)
    ? [gradient]
    : Object.values(gradient).filter((rule) => rule !== undefined);

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
    expect(readFileSync(test, "utf8")).toMatch(new RegExp(`check(Operator|StraightThrough)\\(\\s*"${name}",`));
  });

  it("has a line for every operator's file, which are called as ONNX calls them", () => {
    const files = sources.filter((file) => /^[A-Z]/.test(file)).map((file) => file.replace(/\.ts$/, ""));
    expect(files.filter((name) => !Object.hasOwn(operators, name))).toEqual([]);
  });

  it("needs every other file of its folder", () => {
    const texts = [
      ...sources.map((file) => beside(`./${file}`)),
      beside("../../../../scripts/operators-table.mjs"),
      INDEX,
    ];
    const imported = texts.map((file) => readFileSync(file, "utf8")).join("\n");
    const helpers = sources.filter((file) => !/^[A-Z]/.test(file));
    expect(helpers.filter((file) => !imported.includes(`/${file.replace(/\.ts$/, ".js")}"`))).toEqual([]);
  });

  it("has a file for every test of an operator", () => {
    const tested = readdirSync(beside("."))
      .filter((file) => /^[A-Z]\w*\.test\.ts$/.test(file))
      .map((file) => file.replace(/\.test\.ts$/, ""));
    expect(tested.filter((name) => !differentiable.includes(name))).toEqual([]);
  });

  const stops = table.flatMap(([name, operator]) =>
    rulesOf(operator).flatMap((rule) => (typeof rule === "object" && isStop(rule) ? [[name, rule.stop] as const] : [])),
  );

  it.each(stops)("%s is refused with a reason and a next step: %s", (_, reason) => {
    expect(reason).toMatch(/^[^;]+; (choose|export|explain|load|replace|use) .+[^.]$/);
  });

  const zeros = table.flatMap(([name, operator]) =>
    rulesOf(operator).flatMap((rule) =>
      typeof rule === "object" && isPiecewiseConstant(rule) ? [[name, rule.piecewiseConstant] as const] : [],
    ),
  );

  it.each(zeros)("%s has gradient zero because %s", (_, reason) => {
    // reads on after "because"
    expect(reason).toMatch(/^\S+ .+[^.]$/);
  });

  it.each(table)("%s is whole, and speaks of inputs that it declares, and of no others", (name, operator) => {
    expect(checkedOperator(name, operator)).toBe(operator);
  });
});

const schemas = JSON.parse(readFileSync(beside("../../../../fixtures/operators/schemas.json"), "utf8"));

describe(`ONNX up to operator set ${schemas.newest}`, () => {
  const names = Object.keys(schemas.operators);

  it("has operators that can hold floats, and others", () => {
    const holding = names.filter((name) => schemas.operators[name].floats);
    expect(holding.length).toBeGreaterThan(150);
    expect(holding.length).toBeLessThan(names.length);
  });

  it.each(names.filter((name) => schemas.operators[name].floats))("%s is known", (name) => {
    // with a gradient or a reason why not; or written as others, or refused, as a model is loaded
    expect(Object.hasOwn(operators, name) !== Object.hasOwn(beyondDialect, name)).toBe(true);
  });

  it("has every operator of its own set that the registry has", () => {
    const strangers = table.map(([name]) => name).filter((name) => !name.includes(".") && !names.includes(name));
    expect(strangers).toEqual([]);
  });
});
