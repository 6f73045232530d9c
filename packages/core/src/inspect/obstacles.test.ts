import { describe, expect, it } from "vitest";
import { loadClassifier } from "../classifier.js";
import type { Value } from "../graph/graph.js";
import { NetworkWriter, networks } from "../testing/networks.js";
import { runtime } from "../testing/runtime.js";
import { fittingMethods } from "./fitting-methods.js";
import { obstaclesOf } from "./obstacles.js";

const load = (bytes: Uint8Array) =>
  loadClassifier({ location: "net.onnx", bytes, weights: { files: new Map([["net.onnx", bytes]]) } }, runtime);

/** A classifier with something in its middle. */
function withMiddle(middle: (net: NetworkWriter, x: Value) => Value) {
  const net = new NetworkWriter("middle", [1, 3, 16, 16]);
  const x = middle(net, net.conv("conv", net.image, [3, 4]));
  return load(net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5])));
}

describe("obstaclesOf", () => {
  it.each(Object.entries(networks))("finds none in %s", async (_, make) => {
    expect(obstaclesOf(await load(make()))).toEqual([]);
  });

  it("counts the nodes of an operator that is 0 everywhere, and says why", async () => {
    const classifier = await withMiddle((net, x) => net.node("Floor", "floor", [net.node("Floor", "inner", [x])]));
    const [gradient, relevance, ...others] = obstaclesOf(classifier);
    expect(others).toEqual([]);
    expect(gradient).toMatchObject({ operator: "Floor", nodes: 1, first: "floor", stops: "gradient" });
    expect(gradient?.reason).toMatch(/the gradient is 0, because/);
    expect(relevance).toMatchObject({ operator: "Floor", stops: "relevance" });
  });

  it("names what relevance has no rule for, though gradients pass, and counts it", async () => {
    const classifier = await withMiddle((net, x) => {
      const squares = (name: string, v: Value) =>
        net.node("ReduceSumSquare", name, [v, net.ints(`${name}.axes`, [3])], { keepdims: 1 });
      return net.node("Add", "sum", [squares("one", x), squares("two", net.node("Softplus", "softplus", [x]))]);
    });
    expect(obstaclesOf(classifier)).toEqual([
      expect.objectContaining({
        operator: "ReduceSumSquare",
        nodes: 2,
        stops: "relevance",
        reason: expect.stringMatching(/^no relevance: a sum of squares has no relevance rule/),
      }),
    ]);
    const refused = fittingMethods(classifier).filter(({ refused }) => refused !== null);
    expect(refused.map(({ method }) => method)).toContain("lrp");
  });

  it("names operators that have no gradient, with what to do instead", async () => {
    const classifier = await withMiddle((net, x) => net.node("Det", "det", [x]));
    expect(obstaclesOf(classifier)[0]).toMatchObject({
      operator: "Det",
      first: "det",
      stops: "gradient",
      reason: expect.stringMatching(/; /),
    });
  });
});

describe("fittingMethods", () => {
  it("gives the reason of each method that does not fit, in its own words", async () => {
    const found = fittingMethods(await load(networks.vgg()));
    const cam = found.find(({ method }) => method === "cam");
    expect(cam?.refused).toMatch(/CAM needs global average pooling/);
    const ofAttention = /no attention to show/;
    const others = (methods: typeof found) =>
      methods.flatMap(({ method, refused }) => (refused === null || ofAttention.test(refused) ? [] : method));
    expect(others(found)).toEqual(["cam"]);
    expect(found.find(({ method }) => method === "rollout")?.refused).toMatch(ofAttention);
    expect(found.find(({ method }) => method === "rise")).toEqual({ method: "rise", manyRuns: true, refused: null });
    expect(others(fittingMethods(await load(networks.residual())))).toEqual([]);
  });
});
