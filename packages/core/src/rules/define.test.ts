import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ledgerOf } from "../check/ledger.js";
import { judgeLedger } from "../check/verdict.js";
import { compile } from "../compile/compile.js";
import type { CompositeInit } from "../composites/composite.js";
import { compositeOf } from "../composites/registry.js";
import { abs, cast, mul, sum } from "../graph/math.js";
import { checkRule, stable, sumOver } from "../testing/check-rule.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { residual } from "../testing/networks.js";
import { defineRule } from "./define.js";
import { epsilon } from "./epsilon.js";
import type { LinearLayer, Rule, RuleDefinition, Term } from "./rule.js";

const NONE = v.strictObject({});
const FACTS = { summary: "for this test", source: "this test 2026", options: NONE } as const;

const giving = (terms: (layer: LinearLayer) => unknown, changes: object = {}): Rule =>
  defineRule({ ...FACTS, name: "wrong", terms, ...changes } as RuleDefinition<typeof NONE>);

/** |a w| / sum |a w| */
const magnitude = defineRule({
  ...FACTS,
  name: "magnitude",
  conserves: true,
  terms: ({ a, W, b }) => [{ parts: [[abs(a), abs(W)]], bias: b && abs(b), sign: 1 }],
});

checkRule(magnitude, {}, ({ a, w, b, R, eps }, j) =>
  sumOver(w, (wk, k) => {
    const total = sumOver(wk, (wkj, i) => Math.abs((a[i] as number) * wkj)) + Math.abs(b[k] as number);
    return (Math.abs((a[j] as number) * (wk[j] as number)) / stable(total, eps)) * (R[k] as number);
  }),
);

const classifier = await classifierOf(residual());
const image = noise(classifier.image.dims);
const by = (rule: Rule | string): CompositeInit => ({ entries: [{ rule }] });
const compiled = (rule: Rule, terms?: object) => () =>
  compile(classifier, [{ method: "lrp", options: { composite: { entries: [{ rule, ...terms }] } } }]);

describe("a rule of one's own", () => {
  it("is taken by the entries of composites, as names are", async () => {
    const again = defineRule({ ...FACTS, name: "again", conserves: true, terms: epsilon.terms });
    const requests = [by("epsilon"), by(again), "epsilon"].map((composite) => ({
      method: "lrp",
      options: { composite },
    }));
    const [named, own, whole] = await mapsOf(classifier, requests, image);
    // what biases keep of a rule of one's own is summed otherwise
    const largest = named?.values.reduce((a, v) => Math.max(a, Math.abs(v)), 0) as number;
    own?.values.forEach((v, i) => {
      expect(Math.abs(v - (named?.values[i] as number)) / largest).toBeLessThan(1e-4);
    });
    expect(whole?.values).toEqual(named?.values);
  });

  it("is not another one of the same name", async () => {
    const [once, twice] = [1, 2].map((factor) =>
      defineRule({ ...FACTS, name: "mine", terms: ({ a, W, b, z }) => [{ factor, parts: [[a, W]], bias: b, z }] }),
    ) as [Rule, Rule];
    const requests = [once, twice].map((rule) => ({ method: "lrp", options: { composite: by(rule) } }));
    const [first, second] = await mapsOf(classifier, requests, image);
    expect(first?.values).not.toEqual(second?.values);
  });

  it("is its name in JSON", () => {
    expect(JSON.stringify(by(magnitude))).toBe('{"entries":[{"rule":"magnitude"}]}');
  });

  it("has its books kept as others have", async () => {
    const ledger = await ledgerOf(classifier, runtime, image, { composite: by(magnitude) });
    expect(judgeLedger(ledger).problems).toEqual([]);
    expect(ledger.entries.some(({ rule }) => rule === "magnitude")).toBe(true);
  });
});

describe("a wrong rule is told by its name:", () => {
  it.each<[string, object, string]>([
    ["a name that is none", { name: "Z+", terms: () => [] }, "rule Z+: name: give lowercase words"],
    ["a misspelled field", { terms: () => [], conserve: true }, 'rule wrong: unknown key "conserve"'],
    ["no terms", { terms: undefined }, "rule wrong: terms: give a function"],
  ])("%s", (_, changes, message) => {
    expect(() => defineRule({ ...FACTS, name: "wrong", ...changes } as never)).toThrow(message);
  });

  it("one that is no rule, in its entry", () => {
    expect(() => compositeOf(by({ name: "loose" } as never))).toThrow(
      "entries.0.rule: give a rule's name, or what defineRule gives",
    );
  });

  it("an option that it does not have", () => {
    expect(compiled(magnitude, { options: { gamma: 1 } })).toThrow("entry 0: magnitude");
  });

  it.each<[string, (layer: LinearLayer) => unknown, string]>([
    [
      "an input that layers don't have",
      (layer) => (layer as unknown as { weights: unknown }).weights,
      'rule wrong asks for "weights"',
    ],
    ["no terms for a layer", () => [], "it gives no terms; give [{ parts: [[a, W]] }]"],
    ["no parts", () => [{}], "term 0: it has no parts; give pairs [a, W]"],
    ["a misspelled field of a term", ({ a, W }) => [{ parts: [[a, W]], sing: 1 }], 'term 0: it has a field "sing"'],
    [
      "inputs of another shape",
      ({ a, W }) => [{ parts: [[sum(a, [1]), W]] }],
      "term 0: part 0: its input is float32 [1, 1]; give the type and shape of the layer's a, float32 [1, ",
    ],
    [
      "weights that are no value",
      ({ a }) => [{ parts: [[a, undefined]] }],
      "term 0: part 0: its weights are undefined; give the type and shape of the layer's W, float32 [",
    ],
    ["a z of another shape", ({ a, W, z }) => [{ parts: [[a, W]], z: sum(z, [1]) }], "term 0: its z is float32 [1, 1]"],
    ["terms that are none", () => [3], "term 0: it is 3; give { parts: [[a, W]] }"],
    ["a part that is none", () => [{ parts: [3] }], "term 0: part 0: it is 3; give a pair [a, W]"],
    ["outputs of no kind", ({ a, W }) => [{ parts: [[a, W]], outputs: "pos" }], 'term 0: its outputs are "pos"; give'],
    ["a sign of no kind", ({ a, W }) => [{ parts: [[a, W]], sign: 3 }], "term 0: its sign is 3; give 1 or -1"],
    [
      "a factor that is none",
      ({ a, W }) => [{ parts: [[a, W]], factor: Number.NaN }],
      "term 0: its factor is NaN; give",
    ],
    ["a factor in text", ({ a, W }) => [{ parts: [[a, W]], factor: "2" }], 'term 0: its factor is "2"; give a finite'],
    [
      "weights of another type",
      ({ a, W }) => [{ parts: [[a, cast(W, "int64")]] }],
      "term 0: part 0: its weights are int64 [5, 32]; give the type and shape of the layer's W, float32 [5, 32]",
    ],
    [
      "a bias of another type",
      ({ a, W, z }) => [{ parts: [[a, W]], bias: cast(z, "float64") }],
      "term 0: its bias is float64 [1, 5], which does not",
    ],
    [
      "terms that throw",
      () => {
        throw new TypeError("no such thing");
      },
      'terms threw "no such thing"; correct it there',
    ],
    ["a bias that does not fit", ({ a, W }) => [{ parts: [[a, W]], bias: a }], "term 0: its bias is float32 [1, "],
  ])("%s", (_, terms, message) => {
    const rule = giving(terms);
    expect(compiled(rule)).toThrow(/^rule wrong (at .*fc.*: |asks)/);
    expect(compiled(rule)).toThrow(message);
  });

  it("factors that don't sum to 1, though it says that it conserves", () => {
    const terms = ({ a, W }: LinearLayer): Term[] => [{ parts: [[a, W]], outputs: "positive" }];
    expect(compiled(giving(terms))).not.toThrow();
    expect(compiled(giving(terms, { conserves: true }))).toThrow(
      /rule wrong at .*: it says that it conserves relevance, but the factors of its terms for negative outputs sum to 0; make the sum 1/,
    );
  });

  it("a z that is not the sum of its terms, by the ledger: a fault if it claims to conserve, else a note", async () => {
    const terms = ({ a, W, b, z }: LinearLayer): Term[] => [{ parts: [[a, W]], bias: b, z: mul(z, 2) }];
    const judged = async (rule: Rule) =>
      judgeLedger(await ledgerOf(classifier, runtime, image, { composite: by(rule), epsilon: 1e-9 }));
    const claimed = await judged(giving(terms, { conserves: true }));
    expect(claimed.ok).toBe(false);
    expect(claimed.problems).toContainEqual(
      expect.stringMatching(/^fc \(Gemm, wrong\): 50 % of its relevance is not accounted for; if the rule is your own/),
    );
    const loose = await judged(giving(terms));
    expect(loose.problems).toEqual([]);
    expect(loose.notes).toContainEqual(
      expect.stringMatching(/^fc \(Gemm, wrong\): 50 % .* does not claim to conserve relevance$/),
    );
  });
});
