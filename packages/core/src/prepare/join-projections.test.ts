import { describe, expect, it } from "vitest";
import type { Value } from "../graph/graph.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { randomNumbers } from "../testing/random.js";

const [WIDTH, HEADS, TOKENS] = [8, 2, 16];
const SHAPE = [1, 3, 8, 8];

/** How an attention's queries, keys and values are written: the same function each time. */
type Spelling = "one" | "three" | "three turned" | "keys without bias";

/** A vision transformer of one attention, with the same numbers in every spelling. */
function transformer(spelling: Spelling, keyBias = spelling !== "keys without bias") {
  const net = new NetworkWriter("projections", SHAPE);
  const random = randomNumbers("weights");
  const draw = (length: number) => Array.from({ length }, () => random() - 0.5);
  const weights = ["q", "k", "v"].map(() => draw(WIDTH * WIDTH));
  const biases = ["q", "k", "v"].map((part) => draw(WIDTH).map((v) => (part === "k" && !keyBias ? 0 : v)));
  const patches = net.node("Conv", "patches", [net.image, net.weight("patches.W", [WIDTH, 3, 2, 2], 12)], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  });
  const flat = net.node("Reshape", "flat", [patches, net.ints("flat.shape", [1, WIDTH, TOKENS])]);
  const x = net.node("Transpose", "tokens", [flat], { perm: [0, 2, 1] });
  const row = (numbers: readonly number[], r: number) => numbers.slice(r * WIDTH, (r + 1) * WIDTH);
  const rows = (of: (r: number) => number[]) => Array.from({ length: WIDTH }, (_, r) => of(r)).flat();

  const parts = (): Value[] => {
    if (spelling === "one") {
      const W = net.constant(
        "qkv.W",
        [WIDTH, 3 * WIDTH],
        rows((r) => weights.flatMap((one) => row(one, r))),
      );
      const product = net.node("MatMul", "qkv", [x, W]);
      const all = net.node("Add", "qkv.add", [product, net.constant("qkv.b", [3 * WIDTH], biases.flat())]);
      return [0, 1, 2].map((i) => {
        const range = [i * WIDTH, (i + 1) * WIDTH].map((end, j) => net.ints(`part${i}.${j}`, [end]));
        return net.node("Slice", `part${i}`, [all, ...range, net.ints(`axes${i}`, [-1])]);
      });
    }
    return ["q", "k", "v"].map((name, i) => {
      const numbers = weights[i] as number[];
      const b = net.constant(`${name}.b`, [WIDTH], biases[i] as number[]);
      if (spelling === "three turned") {
        const turned = rows((r) => Array.from({ length: WIDTH }, (_, c) => numbers[c * WIDTH + r] as number));
        const matrix = net.node("Reshape", `${name}.matrix`, [x, net.ints(`${name}.rows`, [TOKENS, WIDTH])]);
        const W = net.constant(`${name}.W`, [WIDTH, WIDTH], turned);
        const y = net.node("Gemm", name, [matrix, W, b], { transB: 1 });
        return net.node("Reshape", `${name}.tokens`, [y, net.ints(`${name}.shape`, [1, TOKENS, WIDTH])]);
      }
      const product = net.node("MatMul", name, [x, net.constant(`${name}.W`, [WIDTH, WIDTH], numbers)]);
      return name === "k" && !keyBias ? product : net.node("Add", `${name}.add`, [product, b]);
    });
  };

  const [q, k, v] = parts() as [Value, Value, Value];
  const headed = (value: Value, name: string, perm: number[]) => {
    const split = net.node("Reshape", `${name}.split`, [
      value,
      net.ints(`${name}.to`, [1, TOKENS, HEADS, WIDTH / HEADS]),
    ]);
    return net.node("Transpose", `${name}.heads`, [split], { perm });
  };
  const scores = net.node("MatMul", "scores", [headed(q, "qs", [0, 2, 1, 3]), headed(k, "ks", [0, 2, 3, 1])]);
  const A = net.node("Softmax", "A", [scores], { axis: -1 });
  const y = net.node("MatMul", "mix", [A, headed(v, "vs", [0, 2, 1, 3])]);
  const back = net.node("Transpose", "back", [y], { perm: [0, 2, 1, 3] });
  const mixed = net.node("Reshape", "joined", [back, net.ints("joined.shape", [1, TOKENS, WIDTH])]);
  const mean = net.node("ReduceMean", "mean", [net.node("Add", "sum", [mixed, x]), net.ints("mean.axes", [1])], {
    keepdims: 0,
  });
  return net.bytes(net.dense("fc", mean, [WIDTH, 5]));
}

const image = noise(SHAPE);
const request = { method: "lrp", options: { composite: "attn-lrp", reduce: "none" } };

async function explained(bytes: Uint8Array) {
  const classifier = await classifierOf(bytes);
  const [map] = await mapsOf(classifier, [request], image, 1);
  const layers = classifier.model.graph.nodes.filter(({ opType }) => opType === "Gemm" || opType === "MatMul");
  return { map: Array.from(map?.values ?? []), layers: layers.map(({ output }) => output.dims) };
}

describe("queries, keys and values of the same tokens come from one layer", () => {
  it.each<Spelling>(["three", "three turned"])("written as %s", async (spelling) => {
    const [expected, found] = [await explained(transformer("one")), await explained(transformer(spelling))];
    expect(found.layers).toContainEqual([TOKENS, 3 * WIDTH]);
    expect(found.layers).toEqual(expected.layers);
    const largest = Math.max(...expected.map.map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    found.map.forEach((v, i) => {
      expect(Math.abs(v - (expected.map[i] as number)) / largest).toBeLessThan(1e-5);
    });
  });

  it("with keys that have no bias", async () => {
    const [expected, found] = [
      await explained(transformer("one", false)),
      await explained(transformer("keys without bias")),
    ];
    const largest = Math.max(...expected.map.map(Math.abs));
    expect(found.layers).toEqual(expected.layers);
    found.map.forEach((v, i) => {
      expect(Math.abs(v - (expected.map[i] as number)) / largest).toBeLessThan(1e-5);
    });
  });
});
