import { describe, expect, it } from "vitest";
import { checkGradient } from "../check/finite-differences.js";
import type { Value } from "../graph/graph.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

/** Of 16 numbers, as many are chosen, as networks choose the tokens that are worth keeping. */
const [ALL, BEST] = [16, 8];

/** Reads or writes `x`, [1, ALL], at `positions`, [1, BEST]; gives as many numbers as the case says. */
type Access = (net: NetworkWriter, x: Value, positions: Value) => Value;

const shaped = (net: NetworkWriter, name: string, x: Value, shape: readonly number[]) =>
  net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
const line = (net: NetworkWriter, x: Value) => shaped(net, "line", x, [ALL]);
const column = (net: NetworkWriter, positions: Value) => shaped(net, "column", positions, [BEST, 1]);

const CASES: readonly (readonly [string, number, Access])[] = [
  ["GatherElements", BEST, (net, x, at) => net.node("GatherElements", "read", [x, at], { axis: 1 })],
  ["Gather", BEST, (net, x, at) => net.node("Gather", "read", [line(net, x), shaped(net, "flat", at, [BEST])])],
  ["GatherND", BEST, (net, x, at) => net.node("GatherND", "read", [line(net, x), column(net, at)])],
  [
    "ScatterElements",
    ALL,
    (net, x, at) => net.node("ScatterElements", "write", [x, at, net.random("new", [1, BEST], -1, 1)], { axis: 1 }),
  ],
  [
    "ScatterND",
    ALL,
    (net, x, at) => net.node("ScatterND", "write", [line(net, x), column(net, at), net.random("new", [BEST], -1, 1)]),
  ],
];

describe.each(CASES)("%s at positions that depend on the picture", (_, count, access) => {
  it("passes gradients and relevance of the numbers, since positions change in steps", async () => {
    const net = new NetworkWriter("positions", [1, 1, 4, 4]);
    const x = shaped(net, "numbers", net.image, [1, ALL]);
    const scores = net.node("MatMul", "scores", [x, net.random("W", [ALL, ALL], -1, 1)]);
    const outputs = ["best", "at"].map((name) => ({ name, dtype: undefined, shape: undefined }));
    const init = { name: "choose", opType: "TopK", domain: "", attributes: new Map() };
    const chosen = net.graph.append({ ...init, inputs: [scores, net.ints("k", [BEST])] }, outputs);
    const y = access(net, x, chosen.outputs[1] as Value);
    const classifier = await classifierOf(net.bytes(net.dense("fc", shaped(net, "row", y, [1, count]), [count, 3])));
    const image = noise(classifier.image.dims);
    const checks = await checkGradient(classifier, runtime, image, 1);
    expect(checks.map(({ verdict }) => verdict)).toEqual(["right"]);
    const [map] = await mapsOf(classifier, ["lrp"], image, 1);
    expect(map?.values.filter((value) => value !== 0).length).toBe(BEST);
  });
});
