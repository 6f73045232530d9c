import { describe, expect, it } from "vitest";
import { attributesFrom } from "../graph/attributes.js";
import { Graph, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { numbersOf } from "../graph/tensor.js";
import type { Runtime } from "../session.js";
import { runtime } from "../testing/runtime.js";
import { toDialect } from "./prepare.js";

/** A model of opset 12 written node by node. */
class Draft {
  readonly graph = new Graph();

  input(...dims: number[]): Value {
    return this.graph.addInput("x", "float32", dims);
  }

  node(opType: string, inputs: Value[], attributes: Parameters<typeof attributesFrom>[0] = {}): Value {
    const name = `${opType.toLowerCase()}_${this.graph.nodes.length}`;
    return this.graph.append({ name, opType, inputs, attributes: attributesFrom(attributes) }, [
      { name, dtype: undefined, shape: undefined },
    ]).output;
  }

  model(...outputs: Value[]): Model {
    this.graph.outputs.push(...outputs);
    return { graph: this.graph, irVersion: 7, opsets: new Map([["", 12]]), producer: "", metadata: new Map() };
  }
}

const operators = ({ graph }: Model) => graph.nodes.map((n) => n.opType);

describe("shape arithmetic is gone", () => {
  it("x.view(x.size(0), -1)", async () => {
    const d = new Draft();
    const x = d.input(2, 3, 4);
    const index = d.graph.constant("int64", [], [0]);
    const batch = d.node("Unsqueeze", [d.node("Gather", [d.node("Shape", [x]), index], { axis: 0 })], { axes: [0] });
    const shape = d.node("Concat", [batch, d.graph.ints([-1])], { axis: 0 });
    const model = await toDialect(d.model(d.node("Reshape", [x, shape])), runtime);
    expect(operators(model)).toEqual(["Reshape"]);
    const [node] = model.graph.nodes;
    expect(node?.inputs[1]?.initializer && numbersOf(node.inputs[1].initializer)).toEqual([2, -1]);
    expect(node?.output.shape).toEqual([2, 12]);
  });

  it("in several rounds, where shapes depend on shape arithmetic", async () => {
    const d = new Draft();
    let y = d.input(2, 3, 4);
    for (let i = 0; i < 3; i++) {
      const size = d.node("Shape", [d.node("Transpose", [y], { perm: [2, 0, 1] })]);
      y = d.node("Relu", [d.node("Reshape", [y, size])]);
    }
    const model = await toDialect(d.model(y), runtime);
    expect(operators(model)).toEqual(["Reshape", "Relu", "Reshape", "Relu", "Reshape", "Relu"]);
    expect(model.graph.outputs[0]?.shape).toEqual([2, 3, 4]);
  });

  it("however many there are, with each node shown to ONNX Runtime about once", async () => {
    /** A chain of blocks, the shape of each of which is computed from that of the one before. */
    const chain = (blocks: number): Model => {
      const d = new Draft();
      let y = d.input(2, 3, 4);
      for (let i = 0; i < blocks; i++) {
        const size = d.node("Shape", [d.node("Transpose", [y], { perm: [2, 0, 1] })]);
        y = d.node("Relu", [d.node("Reshape", [y, d.node("Concat", [size], { axis: 0 })])]);
      }
      return d.model(y);
    };
    const shown = async (blocks: number): Promise<number> => {
      let bytes = 0;
      const counting: Runtime = {
        createSession(model, options) {
          bytes += model.byteLength;
          return runtime.createSession(model, options);
        },
      };
      const { graph } = await toDialect(chain(blocks), counting);
      expect(graph.nodes.map((n) => n.opType)).toEqual(Array(blocks).fill(["Reshape", "Relu"]).flat());
      return bytes;
    };
    expect(await shown(60)).toBeLessThan(3.5 * (await shown(20)));
  });

  it("where a large constant stays as it is written", async () => {
    const d = new Draft();
    const x = d.input(40, 50);
    const table = d.node("Expand", [d.graph.constant("float32", [1], [2]), d.node("Shape", [x])]);
    const model = await toDialect(
      d.model(d.node("Mul", [x, d.node("Reshape", [table, d.node("Shape", [x])])])),
      runtime,
    );
    expect(operators(model)).toEqual(["Expand", "Reshape", "Mul"]);
    expect(model.graph.nodes.map((n) => n.output.shape)).toEqual([
      [40, 50],
      [40, 50],
      [40, 50],
    ]);
  });

  it("scalars are told from values of unknown shape", async () => {
    const d = new Draft();
    const x = d.input(2, 3);
    const total = d.node("ReduceSum", [x], { keepdims: 0 });
    const places = d.node("NonZero", [d.node("Reshape", [x, d.graph.ints([6])])]);
    const some = d.node("Reshape", [x, d.node("Reshape", [places, d.graph.ints([-1])])]);
    const { graph } = await toDialect(d.model(d.node("Exp", [total]), d.node("Neg", [some])), runtime);
    expect(graph.outputs.map((v) => v.shape)).toEqual([[], undefined]);
  });

  it("constants of any kind", async () => {
    const d = new Draft();
    const x = d.input(3);
    const ramp = d.node("Constant", [], { value_floats: { kind: "floats", value: [1, 2, 3] } });
    const one = d.node("Constant", [], { value_int: 1 });
    const total = d.node("Cast", [d.node("Size", [x])], { to: 1 });
    const scaled = d.node("Mul", [d.node("Mul", [x, ramp]), d.node("Div", [total, d.node("Cast", [one], { to: 1 })])]);
    const { graph } = await toDialect(d.model(scaled), runtime);
    expect(graph.nodes.map((n) => n.opType)).toEqual(["Mul", "Mul"]);
  });

  it("but what depends on the data stays", async () => {
    const d = new Draft();
    const places = d.node("NonZero", [d.input(2, 3)]);
    const model = await toDialect(d.model(d.node("Squeeze", [d.node("Shape", [places])])), runtime);
    expect(operators(model)).toEqual(["NonZero", "Shape", "Squeeze"]);
    expect(model.graph.nodes[0]?.output.shape).toBeUndefined();
  });
});

it("says what is wrong with a model that is not valid", async () => {
  const d = new Draft();
  const x = d.input(2, 3);
  const model = d.model(d.node("MatMul", [x, x]));
  await expect(toDialect(model, runtime)).rejects.toThrow(/the model is not valid: .*MatMul/);
});
