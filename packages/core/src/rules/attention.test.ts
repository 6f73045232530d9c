import { describe, expect, it } from "vitest";
import { imbalanceOf, ledgerOf } from "../check/ledger.js";
import { DEFAULT_WITH_ATTENTION } from "../composites/registry.js";
import type { Value } from "../graph/graph.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { randomNumbers } from "../testing/random.js";
import { transformer } from "../testing/transformer.js";
import { type AttentionRuleName, attentionRules } from "./attention.js";

// The rules as their definitions say it, one number after the other.

type Matrix = readonly (readonly number[])[];

const EPSILON = 0.02;
const [TOKENS, WIDTH] = [3, 4];

const stable = (z: number) => (z >= 0 ? z + EPSILON : z - EPSILON);
const sumOver = (count: number, term: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j)));
const get = (m: Matrix, i: number, j: number) => m[i]?.[j] as number;
const product = (a: Matrix, b: Matrix) =>
  matrix(a.length, (b[0] as readonly number[]).length, (i, j) => sumOver(b.length, (k) => get(a, i, k) * get(b, k, j)));
const turned = (m: Matrix) => matrix((m[0] as readonly number[]).length, m.length, (i, j) => get(m, j, i));
const plus = (a: Matrix, b: Matrix) =>
  matrix(a.length, (a[0] as readonly number[]).length, (i, j) => get(a, i, j) + get(b, i, j));

/** R_a = sum_k a w / z R of z = a w, with a part of R. */
const ofLeft = (a: Matrix, w: Matrix, R: Matrix, part: number): Matrix => {
  const z = product(a, w);
  return matrix(a.length, w.length, (i, j) =>
    sumOver(
      (w[0] as readonly number[]).length,
      (k) => (get(a, i, j) * get(w, j, k) * part * get(R, i, k)) / stable(get(z, i, k)),
    ),
  );
};

/** The same of the right factor. */
const ofRight = (w: Matrix, a: Matrix, R: Matrix, part: number) =>
  turned(ofLeft(turned(a), turned(w), turned(R), part));

interface Projections {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix;
}

/** The relevance of the tokens x from that of Y = softmax(Q K^T) V. */
function twin(rule: AttentionRuleName, x: Matrix, W: Projections, R: Matrix): Matrix {
  const [Q, K, V] = [product(x, W.q), product(x, W.k), product(x, W.v)];
  const S = product(Q, turned(K));
  const A = S.map((row) => {
    const total = row.reduce((sum, s) => sum + Math.exp(s), 0);
    return row.map((s) => Math.exp(s) / total);
  });
  if (rule === "cp-lrp") return ofLeft(x, W.v, ofRight(A, V, R, 1), 1);
  const RA = ofLeft(A, V, R, 1 / 2);
  const RV = ofRight(A, V, R, 1 / 2);
  const RS = matrix(TOKENS, TOKENS, (i, j) => {
    if (attentionRules[rule].passes) return get(RA, i, j);
    const row = sumOver(TOKENS, (k) => get(RA, i, k));
    return get(S, i, j) * (get(RA, i, j) - get(A, i, j) * row);
  });
  const RQ = ofLeft(Q, turned(K), RS, 1 / 2);
  const RK = turned(ofRight(Q, turned(K), RS, 1 / 2));
  return [ofLeft(x, W.q, RQ, 1), ofLeft(x, W.k, RK, 1), ofLeft(x, W.v, RV, 1)].reduce(plus);
}

describe.each(Object.keys(attentionRules) as AttentionRuleName[])("%s", (rule) => {
  it("is its definition", async () => {
    const random = randomNumbers(rule);
    const draw = (rows: number, columns: number) => matrix(rows, columns, () => Math.fround(2 * random() - 1));
    const W = { q: draw(WIDTH, WIDTH), k: draw(WIDTH, WIDTH), v: draw(WIDTH, WIDTH) };
    const net = new NetworkWriter("attention", [1, 1, TOKENS, WIDTH]);
    const project = (name: keyof Projections): Value =>
      net.node("MatMul", name, [net.image, net.constant(`${name}.W`, [WIDTH, WIDTH], W[name].flat())]);
    const K = net.node("Transpose", "turned", [project("k")], { perm: [0, 1, 3, 2] });
    const A = net.node("Softmax", "softmax", [net.node("MatMul", "qk", [project("q"), K])], { axis: -1 });
    const bytes = net.bytes(net.flatten("flatten", net.node("MatMul", "mix", [A, project("v")])));

    const classifier = await classifierOf(bytes);
    const image = noise(classifier.image.dims, rule);
    const x = matrix(TOKENS, WIDTH, (i, j) => Number(image.data[i * WIDTH + j]));
    const composite = { entries: [{ rule }, { rule: "epsilon" }] };
    const settings = { bias: "share", stabilizer: "absolute", epsilon: EPSILON };
    const options = { composite, seed: "one-hot", reduce: "none", ...settings };
    for (const target of [0, 6, 11]) {
      const [map] = await mapsOf(classifier, [{ method: "lrp", options }], image, target);
      const R = matrix(TOKENS, WIDTH, (i, j) => (i * WIDTH + j === target ? 1 : 0));
      const expected = twin(rule, x, W, R).flat();
      const largest = Math.max(...expected.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      expected.forEach((value, i) => {
        expect(Math.abs((map?.values[i] as number) - value) / largest).toBeLessThan(1e-5);
      });
    }
  });

  it("balances the books of a transformer at every node", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2 }));
    const ledger = await ledgerOf(classifier, runtime, noise(classifier.image.dims), { composite: rule });
    for (const entry of ledger.entries) expect(imbalanceOf(entry), entry.node).toBeLessThan(1e-5);
    const passesSoftmax = ledger.entries.some(({ operator, given }) => operator === "Softmax" && given !== 0);
    expect(passesSoftmax).toBe(!attentionRules[rule].holdsWeights);
    const kept = ledger.entries.reduce((sum, { bias, stabilizer }) => sum + bias + stabilizer, 0);
    const scale = ledger.entries.reduce((sum, { bias }) => sum + Math.abs(bias), Math.abs(ledger.start));
    expect(Math.abs(ledger.start - ledger.end - kept) / scale).toBeLessThan(1e-4);
  });
});

it("gives nothing to what a mask hides, and stays finite", async () => {
  const net = new NetworkWriter("masked", [1, 1, TOKENS, WIDTH]);
  const project = (name: string) =>
    net.node("MatMul", name, [net.image, net.random(`${name}.W`, [WIDTH, WIDTH], -1, 1)]);
  const K = net.node("Transpose", "turned", [project("k")], { perm: [0, 1, 3, 2] });
  // no token but the last itself sees the last
  const mask = matrix(TOKENS, TOKENS, (i, j) => (j === TOKENS - 1 && i < j ? Number.NEGATIVE_INFINITY : 0)).flat();
  const scores = net.node("Add", "masked", [
    net.node("MatMul", "qk", [project("q"), K]),
    net.constant("mask", [TOKENS, TOKENS], mask),
  ]);
  const A = net.node("Softmax", "softmax", [scores], { axis: -1 });
  const classifier = await classifierOf(
    net.bytes(net.flatten("flatten", net.node("MatMul", "mix", [A, project("v")]))),
  );
  const [map] = await mapsOf(
    classifier,
    [{ method: "attn-lrp", options: { reduce: "none" } }],
    noise(classifier.image.dims),
    0,
  );
  expect(map?.values.every(Number.isFinite)).toBe(true);
  expect(map?.values.slice(0, WIDTH).some((R) => R !== 0)).toBe(true);
  expect([...(map?.values.slice(-WIDTH) ?? [])].every((R) => R === 0)).toBe(true);
});

/** Attention whose scores are a product, of weights up to `scale`, and a bias; the mean of what it mixes are the logits. */
function biased(scale: number, bias: number): NetworkWriter {
  const net = new NetworkWriter("biased", [1, 1, TOKENS, WIDTH]);
  const project = (name: string) =>
    net.node("MatMul", name, [net.image, net.random(`${name}.W`, [WIDTH, WIDTH], -scale, scale)]);
  const K = net.node("Transpose", "turned", [project("k")], { perm: [0, 1, 3, 2] });
  const scores = net.node("Add", "placed", [
    net.node("MatMul", "qk", [project("q"), K]),
    net.random("positions", [TOKENS, TOKENS], -bias, bias),
  ]);
  const A = net.node("Softmax", "softmax", [scores], { axis: -1 });
  const mix = net.node("MatMul", "mix", [A, project("v")]);
  net.graph.outputs.push(
    net.flatten("flatten", net.node("ReduceMean", "mean", [mix, net.ints("axes", [2])], { keepdims: 0 })),
  );
  return net;
}

describe("a bias that is added to the product of queries and keys", () => {
  const ledger = async (net: NetworkWriter, data: Float32Array) =>
    ledgerOf(
      await classifierOf(net.bytes()),
      runtime,
      { ...noise([1, 1, TOKENS, WIDTH]), data },
      { composite: "attn-lrp" },
    );
  const numbers = Float32Array.from(Array.from(noise([1, 1, TOKENS, WIDTH]).data, Number));

  it("is spread where the product is 0", async () => {
    // the first token asks for nothing, so that only the bias says where it looks
    const data = numbers.map((v, i) => (i < WIDTH ? 0 : v));
    const { start, end, entries } = await ledger(biased(1, 1), data);
    const placed = entries.find(({ node }) => node === "placed");
    expect(Math.abs(placed?.spread ?? 0)).toBeGreaterThan(0.001 * Math.abs(start));
    for (const { node, stabilizer } of entries) expect(Math.abs(stabilizer / start), node).toBeLessThan(1e-6);
    expect(end / start).toBeCloseTo(1, 4);
  });

  it("lets relevance not grow where the product is far smaller than it", async () => {
    const { start, end, entries } = await ledger(biased(0.1, 10), numbers);
    const largest = Math.max(...entries.map(({ magnitude }) => magnitude));
    expect(largest / Math.abs(start)).toBeLessThan(100);
    expect(end / start).toBeCloseTo(1, 4);
  });
});

describe("lrp of a transformer", () => {
  it("takes the default for networks with attention if no composite is chosen, and says so", async () => {
    const classifier = await classifierOf(transformer());
    const chosen = { method: "lrp", options: { composite: DEFAULT_WITH_ATTENTION } };
    const [usual, named] = await mapsOf(classifier, ["lrp", chosen], noise(classifier.image.dims), 1);
    expect(usual?.request.options).toMatchObject({ composite: DEFAULT_WITH_ATTENTION });
    expect(usual?.values).toEqual(named?.values);
  });

  it("is another one by cp-lrp", async () => {
    const classifier = await classifierOf(transformer());
    const [attn, cp] = await mapsOf(classifier, ["attn-lrp", "cp-lrp"], noise(classifier.image.dims), 1);
    expect(attn?.values).not.toEqual(cp?.values);
  });
});
