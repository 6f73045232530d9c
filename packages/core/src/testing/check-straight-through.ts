import { describe, expect, it } from "vitest";
import { gradientFrom } from "../backward.js";
import { attributesFrom } from "../graph/attributes.js";
import { Graph, type Value } from "../graph/graph.js";
import { type DataType, type Shape, sizeOf, tensor } from "../graph/tensor.js";
import { encodeModel } from "../onnx/encode.js";
import { toDialect } from "../prepare/prepare.js";
import { randomNumbers } from "./random.js";
import { runtime } from "./runtime.js";

/** Floats that are rounded to integers and become floats again. */
export interface RoundingCase {
  readonly name: string;
  readonly x: Shape;
  /** Undefined where the range is found as it runs. */
  readonly scale?: readonly number[];
  readonly zero?: readonly number[];
  readonly dtype?: DataType;
  /** Of several scales. */
  readonly axis?: number;
  /** Whether dy passes at an element. Default: everywhere. */
  readonly passes?: (x: number) => boolean;
}

/**
 * The whole test of an operator that rounds, or undoes it: x in [-1, 1] to integers and back gives x to within a step where it passes,
 * and the gradient that arrives is dy there, 0 elsewhere.
 */
export function checkStraightThrough(opType: string, cases: readonly RoundingCase[]): void {
  describe(opType, () => {
    it.each(cases)("passes gradients straight through: $name", async (row) => {
      const random = randomNumbers(`${opType} ${row.name}`);
      const numbers = () => Float32Array.from({ length: sizeOf(row.x) }, () => 2 * random() - 1);
      const { model, names } = await roundTrip(row);
      const session = await runtime.createSession(encodeModel(model));
      const [x, dy] = [numbers(), numbers()];
      const fed = (data: Float32Array) => ({ dtype: "float32" as const, dims: row.x, data });
      const results = await session.run({ x: fed(x), dy: fed(dy) }, names);
      await session.release();
      const [y, dx] = names.map((name) => results[name]?.data as Float32Array) as [Float32Array, Float32Array];
      const step = Math.max(...(row.scale ?? [2 / 255]));
      x.forEach((value, i) => {
        const passes = row.passes?.(value) ?? true;
        if (passes) expect(Math.abs((y[i] as number) - value), `y of ${value}`).toBeLessThan(step);
        expect(dx[i], `dx at ${value}`).toBeCloseTo(passes ? (dy[i] as number) : 0, 5);
      });
    });
  });
}

async function roundTrip({ x: shape, scale, zero, dtype = "uint8", axis = 1 }: RoundingCase) {
  const graph = new Graph();
  const x = graph.addInput("x", "float32", shape);
  const node = (opType: string, inputs: (Value | undefined)[], outputs: number) =>
    graph.append(
      { name: opType, opType, inputs, attributes: attributesFrom(scale && scale.length > 1 ? { axis } : {}) },
      Array.from({ length: outputs }, (_, i) => ({ name: `${opType}:${i}`, dtype: undefined, shape: undefined })),
    ).outputs as Value[];
  const stored = (name: string, type: DataType, values: readonly number[]) =>
    graph.addInitializer(name, tensor(type, values.length > 1 ? [values.length] : [], values));
  const [s, z] = [scale && stored("scale", "float32", scale), zero && stored("zero", dtype, zero)];
  const rounded = s ? [...node("QuantizeLinear", [x, s, z], 1), s, z] : node("DynamicQuantizeLinear", [x], 3);
  graph.outputs.push(...node("DequantizeLinear", rounded, 1));
  const opsets = new Map([["", 21]]);
  const model = await toDialect({ graph, irVersion: 10, opsets, producer: "limn", metadata: new Map() }, runtime);
  const [image] = model.graph.inputs as [Value];
  const [y] = model.graph.outputs as [Value];
  const dx = gradientFrom(y, model.graph.addInput("dy", "float32", shape)).at(image);
  model.graph.outputs.push(dx);
  return { model, names: [y.name, dx.name] };
}
