import { describe, expect, it } from "vitest";
import { Graph } from "./graph.js";
import { relu } from "./math.js";
import { rewrite } from "./rewrite.js";

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
