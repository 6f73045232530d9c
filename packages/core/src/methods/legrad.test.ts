import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import {
  BLOCKS,
  expectClose,
  get,
  headsOf,
  type Matrix,
  mean,
  NETWORKS,
  probe,
  sumOver,
  TARGET,
} from "../testing/attention-twins.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { transformer } from "../testing/transformer.js";

// no peer: the authors' package is made for CLIP models of open_clip only

describe.each(NETWORKS)("legrad of a network with %s", (_, options, { before }) => {
  it("is its definition: networks of fewer blocks read these as the last ones", async () => {
    const classifier = await classifierOf(transformer({ blocks: BLOCKS, ...options }));
    const image = noise(classifier.image.dims);
    const maps: number[][] = [];
    for (let blocks = 1; blocks <= BLOCKS; blocks++) {
      const shorter = await classifierOf(transformer({ ...options, blocks }));
      const last = probe("g", blocks - 1, ({ score, gradient }, A) => gradient(score, A));
      const [G] = await mapsOf(shorter, [{ method: last }], image, TARGET);
      const heads = headsOf([...(G?.values ?? [])], G?.shape ?? []);
      const size = (heads[0] as Matrix).length;
      maps.push(
        Array.from({ length: size }, (_, j) =>
          mean(heads.map((head) => sumOver(size, (i) => Math.max(0, get(head, i, j))) / size)),
        ),
      );
    }
    const expected = (maps[0] as number[]).map((_, j) => mean(maps.map((map) => map[j] as number))).slice(before);
    const [map] = await mapsOf(classifier, ["legrad"], image, TARGET);
    expectClose(map?.values, expected);
  });
});

describe("legrad of blocks that add to a grid", () => {
  const options = { blocks: 2, others: 0, head: "mean" } as const;

  it("is that of the same blocks adding to a sequence", async () => {
    const mapOf = async (addsToGrid: boolean) => {
      const classifier = await classifierOf(transformer({ ...options, addsToGrid }));
      const [map] = await mapsOf(classifier, ["legrad"], noise(classifier.image.dims), TARGET);
      return [...(map?.values ?? [])];
    };
    const expected = await mapOf(false);
    expect(Math.max(...expected)).toBeGreaterThan(0);
    expectClose(Float32Array.from(await mapOf(true)), expected);
  });
});

describe("legrad is refused, naming the cause, if", () => {
  /** Attention over 2 x 2 tokens, of which the residual sum is on a grid of `side` x `side` with `channels` features. */
  function hybrid(side: number, channels: readonly number[]): Uint8Array {
    const net = new NetworkWriter("hybrid", [1, 3, 8, 8]);
    const shaped = (name: string, x: ReturnType<typeof net.flatten>, shape: readonly number[]) =>
      net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
    let x = net.conv("stem", net.image, [3, channels[0] as number], { kernel: 1, stride: 8 / side });
    channels.forEach((width, b) => {
      const before = channels[b - 1];
      if (before && before !== width) x = net.conv(`widen${b}`, x, [before, width]);
      const less = net.conv(`less${b}`, x, [width, width], { kernel: 1, stride: side / 2 });
      const K = shaped(`row${b}`, less, [1, 1, width, 4]);
      const V = net.node("Transpose", `tokens${b}`, [K], { perm: [0, 1, 3, 2] });
      const A = net.node("Softmax", `softmax${b}`, [net.node("MatMul", `scores${b}`, [V, K])], { axis: -1 });
      const mixed = net.node("Transpose", `back${b}`, [net.node("MatMul", `mix${b}`, [A, V])], { perm: [0, 1, 3, 2] });
      const laid = shaped(`laid${b}`, mixed, [1, width, 2, 2]);
      const scales = net.constant(`scales${b}`, [4], [1, 1, side / 2, side / 2]);
      const again = net.node("Resize", `up${b}`, [laid, undefined as never, scales], { mode: "nearest" });
      x = net.node("Add", `sum${b}`, [x, again]);
    });
    return net.bytes(net.dense("fc", net.flatten("flat", net.globalPool("pool", x)), [channels.at(-1) as number, 3]));
  }

  it.each<[string, Uint8Array, RegExp]>([
    ["tokens go on as a map of another size", hybrid(8, [6, 6]), /after mix0 \(MatMul\), no sum .* holds its 4 tokens/],
    [
      "blocks have other widths",
      hybrid(2, [4, 6]),
      /reads tokens as \[1, 6, 2, 2\], and those after .* are \[1, 4, 2, 2\]/,
    ],
  ])("%s", async (_, model, message) => {
    const classifier = await classifierOf(model);
    expect(() => compile(classifier, [{ method: "legrad" }])).toThrow(message);
    expect(() => compile(classifier, [{ method: "legrad" }])).toThrow(/use generic-attention/);
  });
});
