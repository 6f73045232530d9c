import { describe, expect, it } from "vitest";
import { checkGradient, LARGEST_DEVIATION } from "./check/finite-differences.js";
import { ledgerOf } from "./check/ledger.js";
import { randomized } from "./check/randomization.js";
import { compile } from "./compile/compile.js";
import { Explainer } from "./explainer.js";
import type { Graph, Value } from "./graph/graph.js";
import { singleRunMethods } from "./methods/registry.js";
import { classifierOf, noise, runtime } from "./testing/explaining.js";
import { NetworkWriter } from "./testing/networks.js";

/** What we call things ourselves, what is hard to write, and what is long. */
const NAMES = [
  "image",
  "target",
  "logits",
  "probabilities",
  "explained",
  "gradient",
  "seed",
  "at",
  "mask",
  "step",
  "score",
  "add_1",
  "mul",
  "one-hot",
  "lrp/fc",
  "grad-cam",
  "grad-cam/residual",
  "output/logits",
  "logits/reshape",
  "constant/int64/1_-1",
  'état/中\n"\\ ',
  "x".repeat(10_000),
];

/** A chain of one link for each name. */
function chain(call: (net: NetworkWriter, links: readonly Value[]) => void): Uint8Array {
  const net = new NetworkWriter("names", [1, 3, 4, 4]);
  const links: Value[] = [];
  let x = net.conv("first", net.image, [3, 3]);
  for (const i of NAMES.keys()) {
    const shifted = net.node("Add", `shift${i}`, [x, net.constant(`by${i}`, [1, 3, 1, 1], [0.1, i / 99, -0.1])]);
    x = i % 2 === 0 ? net.relu(`link${i}`, shifted) : net.node("Tanh", `link${i}`, [shifted]);
    links.push(x);
  }
  const scores = net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [3, 2]);
  call(net, links);
  return net.bytes(scores);
}

const NETWORKS: Record<string, () => Uint8Array> = {
  tensors: () => chain(({ graph }, links) => callAll(graph, links)),
  constants: () =>
    chain(({ graph }) =>
      callAll(
        graph,
        graph.initializers.filter(({ name }) => name.startsWith("by")),
      ),
    ),
  nodes: () =>
    chain((_, links) => {
      for (const [i, name] of NAMES.entries()) if (links[i]?.producer) links[i].producer.name = name;
    }),
  "tensors, upside down, and nothing else": () =>
    chain(({ graph, image }, links) => {
      for (const node of graph.nodes) node.name = "";
      callAll(graph, [...links].reverse());
      graph.rename(image, "logits");
    }),
  "nodes that all have the same": () =>
    chain(({ graph, image }) => {
      for (const node of graph.nodes) node.name = "add_1";
      graph.rename(image, "target");
    }),
};

function callAll(graph: Graph, values: readonly Value[]): void {
  for (const [i, name] of NAMES.entries()) graph.rename(values[i] as Value, name);
}

describe("names that are ours too, or hard to write", () => {
  it.each(Object.entries(NETWORKS))("are taken as names of %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const image = noise([1, 3, 4, 4]);
    for (const check of await checkGradient(classifier, runtime, image, 1)) {
      expect(check.deviation, check.tensor).toBeLessThan(LARGEST_DEVIATION);
    }
    expect((await ledgerOf(classifier, runtime, image, { target: 1 })).entries.length).toBeGreaterThan(2);
    expect((await randomized(classifier, runtime)).classes).toBe(2);
    const requests = singleRunMethods.map((method) => ({ method }));
    const compiled = compile(classifier, requests, { onRefused: () => {} });
    const explainer = await Explainer.create(compiled, runtime);
    const [explanation] = await explainer.explain(image);
    await explainer.release();
    expect(explanation?.maps.length).toBeGreaterThan(10);
  });
});
