import { describe, expect, it } from "vitest";
import { type AttributeInit, float } from "../graph/attributes.js";
import { layersOf } from "../layers.js";
import { encodeModel } from "../onnx/encode.js";
import { toDialect } from "../prepare/prepare.js";
import type { TensorValue } from "../session.js";
import { classifierOf, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { oneNodeModel } from "../testing/one-node.js";
import type { Operator } from "./operator.js";
import { factOf, operators } from "./registry.js";

// What operators say of themselves, seen on ONNX Runtime.

/** Attributes without which an operator does not run, and settings of others that change what it says. */
const SETTINGS: Readonly<Record<string, readonly AttributeInit[]>> = {
  LRN: [{ size: 3 }],
  Shrink: [{}, { lambd: float(0.3), bias: float(0.3) }, { lambd: float(0.1), bias: float(0.5) }],
  HardSigmoid: [{}, { beta: float(0) }],
};

const table: [string, Operator][] = Object.entries(operators);

/** Operators that make of one input something of its shape. */
const shaped = table
  .filter(
    ([name, { inputs, layout }]) =>
      (layout === "keeps" || name === "LRN") && inputs.filter((input) => !input.endsWith("?")).length === 1,
  )
  .filter(([, { inputs }]) => !inputs[0]?.startsWith("..."));

const DIMS = [1, 3, 2, 2];
const RISING = Array.from({ length: 12 }, (_, i) => i / 11);
const BOTH = Array.from({ length: 12 }, (_, i) => i / 5.5 - 1);
const ZEROS = new Array(12).fill(0);

describe.each(shaped)("%s", (name) => {
  it.each(SETTINGS[name] ?? [{}])(
    "has the layout, sign and value at zero that it says, with %j",
    async (attributes) => {
      const x = { name: "x", dtype: "float32", dims: DIMS, data: BOTH, constant: false } as const;
      const model = await toDialect(oneNodeModel(name, [x], attributes, 1, 21), runtime);
      const [y] = model.graph.outputs;
      const node = y?.producer;
      if (!node) throw new Error("no node");
      const session = await runtime.createSession(encodeModel(model));
      const run = async (data: readonly number[]) => {
        const results = await session.run({ x: { dtype: "float32", dims: DIMS, data: Float32Array.from(data) } }, [
          y.name,
        ]);
        const found = results[y.name] as TensorValue;
        expect(found.dims).toEqual(DIMS);
        // functions that have no value there say nothing
        return [...(found.data as Float32Array)].filter((value) => !Number.isNaN(value));
      };
      const lowest = async (data: readonly number[]) => Math.min(...(await run(data)));
      const sign = factOf(node, "sign");
      if (sign === "non-negative") expect(await lowest(BOTH)).toBeGreaterThanOrEqual(0);
      if (sign !== "any") expect(await lowest(RISING)).toBeGreaterThanOrEqual(0);
      const zero = factOf(node, "zero");
      const atZero = await run(ZEROS);
      if (zero !== undefined) expect(atZero.length > 0 && atZero.every((y) => y === 0)).toBe(zero === "keeps");
      await session.release();
    },
  );

  it("is a layer where its input is one", async () => {
    const net = new NetworkWriter("kept", [1, 3, 4, 4]);
    const y = net.node(name, "subject", [net.conv("before", net.image, [3, 4])], SETTINGS[name]?.[0]);
    const after = net.conv("after", y, [4, 4]);
    const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", after), [64, 5])));
    expect(layersOf(classifier).map((layer) => layer.node)).toEqual(["before", "subject", "after"]);
  });
});

describe("Clip", () => {
  const clip = (min: number | undefined, max: number | undefined) => {
    const net = new NetworkWriter("clip", DIMS);
    const bound = (name: string, value: number | undefined) =>
      value === undefined ? undefined : net.constant(name, [], [value]);
    const inputs = [net.image, bound("min", min), bound("max", max)];
    const init = { name: "clip", opType: "Clip", inputs, attributes: new Map() };
    return net.graph.append(init, [{ name: "y", dtype: undefined, shape: undefined }]);
  };

  it.each([
    [0, 6, "non-negative", "keeps", "opens", true],
    [0, undefined, "non-negative", "keeps", "none", true],
    [-1, 1, "keeps", "keeps", "opens", false],
    [1, 2, "non-negative", "any", "opens", false],
    [undefined, 1, "keeps", "keeps", "none", false],
    [undefined, -1, "keeps", "any", "none", false],
    [undefined, undefined, "keeps", "keeps", "none", false],
  ])("from %s to %s", (min, max, sign, zero, gate, rectifies) => {
    const node = clip(min, max);
    const facts = (["sign", "zero", "gate", "rectifies"] as const).map((name) => factOf(node, name));
    expect(facts).toEqual([sign, zero, gate, rectifies]);
  });
});
