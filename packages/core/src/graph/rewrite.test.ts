import { describe, expect, it } from "vitest";
import { standardOperators } from "../ops/registry.js";
import { Graph, type Value } from "./graph.js";
import { add, relu } from "./math.js";
import { excerpt, graft, rewrite } from "./rewrite.js";
import { numbersOf, tensor } from "./tensor.js";

function chain() {
  const graph = new Graph();
  const x = graph.addInput("x", "float32", [2]);
  x.declared = ["N"];
  const node = (opType: string, name: string, inputs: (typeof x)[], captures: (typeof x)[] = []) =>
    graph.append({ name: `${name}/node`, opType, inputs, attributes: new Map(), captures }, [
      { name, dtype: "float32", shape: [2] },
    ]).output;
  return { graph, x, node };
}

describe("rewrite", () => {
  it("leaves out what no output needs, and gives replacements the names of what they replace", () => {
    const { graph, x, node } = chain();
    const a = node("Old", "a", [x]);
    node("Relu", "unused", [a]);
    graph.outputs.push(node("Relu", "b", [a]));
    graph.names.set("a", a);
    const { graph: after, successors } = rewrite(graph, (n, [input]) =>
      n.opType === "Old" && input ? relu(relu(input)) : undefined,
    );
    expect(after.nodes.map((n) => `${n.opType} ${n.name}`)).toEqual(["Relu a/node/relu", "Relu a/node", "Relu b/node"]);
    expect(after.outputs.map((v) => v.name)).toEqual(["b"]);
    expect(after.names.get("a")).toBe(successors.get(a));
    expect(after.inputs[0]?.declared).toEqual(["N"]);
  });

  it("keeps two outputs apart that have become one value", () => {
    const { graph, x, node } = chain();
    graph.outputs.push(node("Relu", "a", [x]), node("Relu", "b", [x]));
    const { graph: after } = rewrite(graph, () => undefined);
    expect(after.outputs.map((v) => v.name)).toEqual(["a", "b"]);
    expect(after.nodes.map((n) => n.opType)).toEqual(["Relu", "Identity"]);
  });

  it("keeps the names by which subgraphs know values", () => {
    const { graph, x, node } = chain();
    const gone = node("Identity", "gone", [node("Relu", "a", [x])]);
    graph.outputs.push(node("If", "y", [x], [gone]));
    const { graph: after } = rewrite(graph, (n, [input]) => (n.opType === "Identity" ? input : undefined));
    const choice = after.nodes.at(-1);
    expect(choice?.captures.map((v) => v.name)).toEqual(["gone"]);
    expect(choice?.captures[0]?.producer?.inputs[0]?.name).toBe("a");
  });

  it.each([
    ["Relu", 1],
    ["RandomNormalLike", 2],
    ["Dropout", 2],
  ])("of two equal nodes %s leaves %i, in whatever graph they are copied to", (opType, count) => {
    const graph = new Graph(standardOperators);
    const x = graph.addInput("x", "float32", [2]);
    const [a, b] = ["a", "b"].map((name) => {
      const init = { name, opType, inputs: [x], attributes: new Map() };
      return graph.append(init, [{ name: `${name}_out`, dtype: "float32", shape: [2] }]).output;
    }) as [Value, Value];
    graph.outputs.push(add(a, b));
    const of = ({ nodes }: Graph) => nodes.filter((node) => node.opType === opType).length;
    expect(of(rewrite(graph, () => undefined).graph)).toBe(count);
    const other = new Graph();
    graft(graph.outputs[0] as Value, new Map([[x, other.addInput("x", "float32", [2])]]), other, "copy");
    expect(of(other)).toBe(count);
  });

  it("stores values as constants, and leaves out what computes them", () => {
    const { graph, x, node } = chain();
    const size = node("Abs", "size", [node("Shape", "shape", [x])]);
    graph.outputs.push(node("Reshape", "y", [node("Relu", "a", [x]), size]));
    const { graph: after } = rewrite(graph, () => undefined, {
      constants: new Map([[size, tensor("int64", [1], [2])]]),
    });
    expect(after.nodes.map((n) => n.opType)).toEqual(["Relu", "Reshape"]);
    const stored = after.nodes[1]?.inputs[1];
    expect(stored?.name).toBe("size");
    expect(stored?.initializer && numbersOf(stored.initializer)).toEqual([2]);
  });

  it("is linear in the number of replaced nodes", () => {
    const { graph, x, node } = chain();
    let value = x;
    for (let i = 0; i < 20_000; i++) value = node("Old", `v${i}`, [value]);
    graph.outputs.push(value);
    const started = performance.now();
    const { graph: after } = rewrite(graph, (_, [input]) => input && relu(input));
    expect(after.nodes.length).toBe(20_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("excerpt", () => {
  it("begins with what is given, and keeps all names, those of equal nodes too", () => {
    const { x, node } = chain();
    const a = node("Relu", "a", [x]);
    const size = node("Shape", "size", [a]);
    const y = node("Reshape", "y", [node("Abs", "b", [a]), size]);
    const twin = node("Abs", "c", [a]);
    const part = excerpt([y, twin], (value) =>
      value === size ? tensor("int64", [1], [2]) : value === a ? "input" : undefined,
    );
    expect(part.inputs.map((v) => v.name)).toEqual(["a"]);
    expect(part.initializers.map((v) => v.name)).toEqual(["size"]);
    expect(part.nodes.map((n) => `${n.opType} ${n.output.name}`)).toEqual(["Abs b", "Reshape y", "Abs c"]);
    expect(part.outputs.map((v) => v.name)).toEqual(["y", "c"]);
  });

  it("goes back to the graph's own inputs where nothing is given", () => {
    const { x, node } = chain();
    const y = node("Relu", "y", [node("Abs", "a", [x])]);
    expect(excerpt([y], () => undefined).inputs.map(({ name, declared }) => [name, declared])).toEqual([["x", ["N"]]]);
  });
});
