import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BackwardPass, gradientStep } from "../backward.js";
import { type AttributeInit, float } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import { isFloat, type Shape, sizeOf } from "../graph/tensor.js";
import { encodeModel } from "../onnx/encode.js";
import { toDialect } from "../prepare/prepare.js";
import type { Session, TensorValue } from "../session.js";
import { oneNodeModel, type TestInput } from "./one-node.js";
import { randomNumbers } from "./random.js";
import { runtime } from "./runtime.js";

/** One row of an operator's test table. */
export interface OperatorCase {
  readonly name: string;
  readonly attributes?: AttributeInit;
  /** Shapes of inputs drawn at random, or whole inputs; undefined for an omitted one. */
  readonly inputs: readonly (Shape | (Partial<TestInput> & { dims: Shape }) | undefined)[];
  readonly outputs?: number;
  /** Outputs that the score does not depend on, such as indices. */
  readonly unread?: readonly number[];
  readonly opset?: number;
  /** Range that random inputs are drawn from; keeps away from kinks and poles. Default [-1, 1]. */
  readonly range?: readonly [number, number];
}

/** Why most operators without a golden file can do without. */
export const RARE = "rare in classifiers; finite differences check it";

/**
 * An operator's whole test: its gradient, compiled and run by ONNX Runtime, against finite differences over
 * the table, and against PyTorch's autograd over the golden file of the operator.
 * @param withoutGolden why the operator has no golden file, if it has none
 */
export function checkOperator(
  opType: string,
  cases: readonly OperatorCase[],
  { withoutGolden }: { readonly withoutGolden?: string } = {},
): void {
  describe(opType, () => {
    describe("finite differences", () => {
      it.each(cases)("$name", async (row) => checkFiniteDifferences(opType, row));
    });
    const file = new URL(`../../../../fixtures/operators/golden/${opType}.json`, import.meta.url);
    it("is compared with PyTorch, or its test says why not", () => {
      // a reason that a golden file has made obsolete fails too
      expect(existsSync(file)).toBe(withoutGolden === undefined);
    });
    if (!existsSync(file)) return;
    const golden = JSON.parse(readFileSync(file, "utf8")) as GoldenFile;
    describe("PyTorch autograd", () => {
      const runnable = golden.cases.filter(({ runs }) => runs !== false);
      it.each(runnable)("$name", async (row) => checkGolden(opType, row));
    });
  });
}

interface GoldenTensor {
  readonly dims: number[];
  readonly data: number[];
}

interface GoldenCase {
  readonly name: string;
  /** Set where ONNX defines the case but ONNX Runtime refuses it. */
  readonly runs?: false;
  readonly opset: number;
  readonly attributes: Record<string, number | number[] | string | { float: number } | { floats: number[] }>;
  readonly inputs: (TestInput | null)[];
  readonly outputs: GoldenTensor[];
  readonly dy: (GoldenTensor | null)[];
  readonly gradients: Record<string, GoldenTensor & { tolerance: number }>;
}

interface GoldenFile {
  readonly cases: GoldenCase[];
}

/** The gradient graph of one node: its inputs and cotangents in, its outputs and gradients out. */
interface Differentiated {
  readonly session: Session;
  readonly outputs: readonly string[];
  readonly gradients: ReadonlyMap<string, string>;
}

/** @param withCotangent which outputs the score depends on */
async function differentiate(
  opType: string,
  inputs: readonly (TestInput | undefined)[],
  attributes: AttributeInit,
  withCotangent: readonly boolean[],
  opset: number,
): Promise<Differentiated> {
  const source = oneNodeModel(opType, inputs, attributes, withCotangent.length, opset);
  const model = await toDialect(source, runtime);
  const { graph } = model;
  const ys = [...graph.outputs];

  const seeds = new Map<Value, Value>();
  ys.forEach((y, i) => {
    if (withCotangent[i]) seeds.set(y, cast(graph.addInput(`dy${i}`, "float32", y.dims), y.dtype ?? "float32"));
  });
  const pass = new BackwardPass(seeds, gradientStep, "gradient");
  const gradients = new Map<string, Value>();
  for (const input of inputs) {
    if (!input || input.constant || !isFloat(input.dtype)) continue;
    const value = graph.names.get(input.name);
    if (value) gradients.set(input.name, cast(pass.at(value), "float32"));
  }
  const outputs = ys.map((y) => cast(y, "float32"));
  graph.outputs.splice(0, ys.length, ...outputs, ...gradients.values());
  const session = await runtime.createSession(encodeModel(model));
  return {
    session,
    outputs: outputs.map((y) => y.name),
    gradients: new Map([...gradients].map(([name, value]) => [name, value.name])),
  };
}

async function checkGolden(opType: string, row: GoldenCase): Promise<void> {
  const inputs = row.inputs.map((i) => i ?? undefined);
  const attributes = Object.fromEntries(
    Object.entries(row.attributes).map(([name, value]) => [name, attributeOf(value)]),
  );
  const subject = await differentiate(
    opType,
    inputs,
    attributes,
    row.dy.map((dy) => dy !== null),
    row.opset,
  );
  const feeds = feedsOf(inputs);
  row.dy.forEach((dy, i) => {
    if (dy) feeds[`dy${i}`] = float32(dy.dims, dy.data);
  });
  const wanted = Object.entries(row.gradients);
  const results = await subject.session.run(feeds, [...subject.outputs, ...subject.gradients.values()]);
  row.outputs.forEach((expected, i) => {
    expectClose(results[subject.outputs[i] as string], expected, 1e-5, `output ${i}`);
  });
  for (const [name, expected] of wanted) {
    const found = results[subject.gradients.get(name) ?? ""];
    // three times PyTorch's own float32 error, and room for another order of summation
    expectClose(found, expected, Math.max(3 * expected.tolerance, 2e-6), `gradient by ${name}`);
  }
  await subject.session.release();
}

async function checkFiniteDifferences(opType: string, row: OperatorCase): Promise<void> {
  const random = randomNumbers(`${opType} ${row.name}`);
  const [low, high] = row.range ?? [-1, 1];
  const draw = (dims: Shape) => Array.from({ length: sizeOf(dims) }, () => Math.fround(low + (high - low) * random()));
  const inputs = row.inputs.map((given, i): TestInput | undefined => {
    if (!given) return undefined;
    const init = "dims" in given ? given : { dims: given as Shape };
    return { name: `x${i}`, dtype: "float32", constant: false, data: init.data ?? draw(init.dims), ...init };
  });
  const isRead = Array.from({ length: row.outputs ?? 1 }, (_, i) => !row.unread?.includes(i));
  const subject = await differentiate(opType, inputs, row.attributes ?? {}, isRead, row.opset ?? 21);

  const feeds = feedsOf(inputs);
  const cotangents: number[][] = [];
  for (const [i, read] of isRead.entries()) {
    cotangents.push([]);
    if (!read) continue;
    const shape = subject.session.inputs.find(({ name }) => name === `dy${i}`)?.shape as number[];
    const dy = Array.from({ length: sizeOf(shape) }, () => Math.fround(2 * random() - 1));
    cotangents[i] = dy;
    feeds[`dy${i}`] = float32(shape, dy);
  }
  const score = async () => {
    const results = await subject.session.run(feeds, subject.outputs);
    return subject.outputs.reduce((total, name, i) => {
      const y = results[name]?.data as Float32Array;
      return total + y.reduce((s, v, k) => s + v * (cotangents[i]?.[k] ?? 0), 0);
    }, 0);
  };
  const gradients = await subject.session.run(feeds, [...subject.gradients.values()]);
  for (const [name, output] of subject.gradients) {
    const found = gradients[output]?.data as Float32Array;
    const x = feeds[name]?.data as Float32Array;
    const expected = new Float32Array(x.length);
    const h = 2 ** -8;
    for (let i = 0; i < x.length; i++) {
      const center = x[i] as number;
      x[i] = center + h;
      const above = await score();
      x[i] = center - h;
      const below = await score();
      x[i] = center;
      expected[i] = (above - below) / (2 * h);
    }
    // second-order error h^2 and float32 rounding over h, both around 1e-5 of the values here
    expectClose(
      { dtype: "float32", dims: [], data: found },
      { dims: [], data: [...expected] },
      5e-3,
      `gradient by ${name}`,
    );
  }
  await subject.session.release();
}

function feedsOf(inputs: readonly (TestInput | undefined)[]): Record<string, TensorValue> {
  return Object.fromEntries(
    inputs.flatMap((input) => (input && !input.constant ? [[input.name, float32(input.dims, input.data)]] : [])),
  );
}

const float32 = (dims: Shape, data: readonly number[]): TensorValue => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

const attributeOf = (value: GoldenCase["attributes"][string]) =>
  typeof value === "object" && "float" in value
    ? float(value.float)
    : typeof value === "object" && "floats" in value
      ? ({ kind: "floats", value: value.floats } as const)
      : value;

/** Largest absolute difference, as a share of the largest expected value. */
function expectClose(found: TensorValue | undefined, expected: GoldenTensor, tolerance: number, what: string): void {
  expect(found, `${what} is there`).toBeDefined();
  const values = found?.data as Float32Array;
  expect(values.length, `${what}: number of elements`).toBe(expected.data.length);
  const largest = Math.max(...expected.data.map(Math.abs), 1e-6);
  let worst = 0;
  expected.data.forEach((e, i) => {
    worst = Math.max(worst, Math.abs(e - (values[i] as number)) / largest);
    if (Number.isNaN(values[i])) worst = Number.POSITIVE_INFINITY;
  });
  expect(worst, `${what}: largest difference`).toBeLessThanOrEqual(tolerance);
}
