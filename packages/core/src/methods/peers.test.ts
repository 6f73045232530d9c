import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import { Explainer } from "../explainer.js";
import type { TensorValue } from "../session.js";
import { classifierOf, imageOf, runtime } from "../testing/explaining.js";
import { floats } from "../testing/preprocess-golden.js";
import type { Options } from "./method.js";
import { methods } from "./registry.js";

/** What fixtures/methods/make.py recorded of captum, pytorch-grad-cam and zennit on one network. */
interface Golden {
  /** From the repository's root. */
  readonly model: string;
  readonly sha256: string;
  /** Every so many pixels of the scene are shown. */
  readonly every: number;
  /** Lowest and highest possible input. */
  readonly range: readonly [number, number];
  /** By the size of a map: the positions at which maps of that size are stored. uint32 in base64. */
  readonly positions: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

interface Case {
  readonly peer: string;
  readonly method: string;
  readonly options: Options;
  /** Empty for methods that have none. */
  readonly layer: string;
  readonly target: number;
  /** What the peer computes instead; empty where it is the same. */
  readonly differs: string;
  /** Share of the largest value. */
  readonly tolerance: number;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly largest: number;
  /** All of the map or, if it is large, its values at the positions: in float64, stored as float32 in base64. */
  readonly values: string;
}

const root = new URL("../../../../", import.meta.url);
const folder = new URL("fixtures/methods/golden/", root);
const SIDE = 128;

const names = readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.replace(".json", "")] : []));
const goldens = new Map(
  names.map((name) => [name, JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Golden]),
);

/** The scene, as the embedded networks take it. */
function scene(every: number): TensorValue {
  const rgb = readFileSync(new URL("scene.rgb", folder));
  const side = SIDE / every;
  const plane = side ** 2;
  const image = imageOf([1, 3, side, side], new Float32Array(3 * plane));
  const data = image.data as Float32Array;
  for (let i = 0; i < plane; i++) {
    const pixel = every * (Math.floor(i / side) * SIDE + (i % side));
    for (let c = 0; c < 3; c++) data[c * plane + i] = ((rgb[3 * pixel + c] as number) / 255 - 0.5) / 0.25;
  }
  return image;
}

/** How far Limn's maps of a network are from those of its cases, as a share of the largest value. */
async function distancesOf({ model, sha256, every, range, positions, cases }: Golden): Promise<Map<Case, number>> {
  const bytes = new Uint8Array(readFileSync(new URL(model, root)));
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new Error(`${model} is another file; run python -m fixtures.methods.make`);
  const classifier = await classifierOf(bytes);
  const [low, high] = range;
  const distances = new Map<Case, number>();
  for (const target of new Set(cases.map((row) => row.target))) {
    const rows = cases.filter((row) => row.target === target);
    const requests = rows.map(({ method, options, layer }) => ({
      method,
      options: RELEVANCE.includes(method) ? { ...options, ...AS_PEERS } : options,
      ...(layer && { layer }),
    }));
    const compiled = compile(classifier, requests, { inputRange: { low: [low], high: [high] } });
    const explainer = await Explainer.create(compiled, runtime);
    const [explanation] = await explainer.explain(scene(every), [target]);
    await explainer.release();
    for (const [i, row] of rows.entries()) {
      const { values = new Float32Array(), shape = [] } = explanation?.maps[i] ?? {};
      expect(shape).toEqual(row.shape);
      distances.set(row, distance(values, row, positions[values.length]));
    }
  }
  return distances;
}

/** The largest difference of the stored values, the mean and the largest value; NaN where there is one. */
function distance(found: Float32Array, row: Case, positions: string | undefined): number {
  const expected = floats(row.values);
  const at = positions === undefined ? Uint32Array.from(expected.keys()) : wholeNumbers(positions);
  const differences = Array.from(expected, (v, i) => (found[at[i] as number] as number) - v);
  const sum = found.reduce((total, v) => total + v, 0);
  const largest = found.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  differences.push((sum - row.sum) / found.length, largest - row.largest);
  return Math.max(...differences.map(Math.abs)) / (row.largest || 1);
}

/** Whole numbers from the base64 of their 32-bit words. */
const wholeNumbers = (base64: string): Uint32Array =>
  new Uint32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);

const distances = new Map<string, Promise<Map<Case, number>>>();

/** Computed once. */
function distancesOn(name: string): Promise<Map<Case, number>> {
  const known = distances.get(name);
  if (known) return known;
  const computed = distancesOf(goldens.get(name) as Golden);
  distances.set(name, computed);
  return computed;
}

/** How the other libraries divide relevance. */
const AS_PEERS = { bias: "share", stabilizer: "absolute", sums: "all" };
const RELEVANCE = ["lrp", "clrp", "relevance-cam"];

const titleOf = ({ method, options, layer, target }: Omit<Case, "peer">): string =>
  [method, layer && `at ${layer}`, `of class ${target}`, Object.keys(options).length > 0 && JSON.stringify(options)]
    .filter(Boolean)
    .join(" ");

describe.each(names)("%s", (name) => {
  const agreed = (goldens.get(name) as Golden).cases.filter(({ differs }) => !differs);

  it.each(agreed.map((row) => [titleOf(row), row.peer, row] as const))(
    "%s is that of %s",
    async (_title, _peer, row) => {
      expect((await distancesOn(name)).get(row)).toBeLessThan(row.tolerance);
    },
  );
});

describe("deviations", () => {
  const rows = names.flatMap((name) => (goldens.get(name) as Golden).cases.map((row) => ({ name, row })));
  const deviating = rows.filter(({ row }) => row.differs);
  const titles = [...new Set(deviating.map(({ row }) => `${row.method} is not that of ${row.peer}: ${row.differs}`))];

  it.each(titles)("%s", async (title) => {
    const shown: number[] = [];
    for (const { name, row } of deviating) {
      if (title !== `${row.method} is not that of ${row.peer}: ${row.differs}`) continue;
      shown.push(((await distancesOn(name)).get(row) as number) / row.tolerance);
    }
    // on some network or other: not every map has what makes the difference
    expect(Math.max(...shown)).toBeGreaterThan(10);
  });

  it("stand beside the equation that Limn agrees with", () => {
    for (const { name, row } of deviating) {
      const same = rows.some((r) => r.name === name && !r.row.differs && titleOf(r.row) === titleOf(row));
      expect(same, `${name}: ${titleOf(row)}`).toBe(true);
    }
  });
});

const covered = new Set([...goldens.values()].flatMap(({ cases }) => cases.map(({ method }) => method)));

it.each(Object.keys(methods))("%s is compared with a peer, or its test says why there is none", (name) => {
  if (covered.has(name)) return;
  const test = readFileSync(new URL(`./${name}.test.ts`, import.meta.url), "utf8");
  expect(test, "write a case in fixtures/methods, or a line `// no peer: ...` in the test").toMatch(
    /^\/\/ no peer: \S/m,
  );
});
