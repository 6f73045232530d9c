import { describe, expect, it } from "vitest";
import { judgeGradient, judgeLedger } from "./verdict.js";

const entry = {
  node: "conv",
  operator: "Conv",
  rule: "epsilon",
  given: 1,
  passed: 1,
  bias: 0,
  stabilizer: 0,
  magnitude: 1,
};
const at = (stage: string | undefined, deviation: number) => ({ tensor: `${stage ?? "input"}_out`, stage, deviation });

describe("judgeGradient", () => {
  it("has nothing to say of small deviations", () => {
    expect(judgeGradient([at(undefined, 0.01), at("stage1", 0.001)])).toEqual({ ok: true, problems: [], notes: [] });
  });

  it("finds the two places between which it goes wrong", () => {
    const { ok, problems } = judgeGradient([at(undefined, 0.5), at("stage1", 0.4), at("stage2", 0.001)]);
    expect([ok, problems[0]]).toEqual([
      false,
      expect.stringMatching(/between stage1 .* and stage2 .*40 %.*explain at stage2/),
    ]);
    expect(judgeGradient([at(undefined, Number.NaN)]).ok).toBe(false);
  });
});

describe("judgeLedger", () => {
  it("is content with books that balance", () => {
    expect(judgeLedger({ entries: [entry], start: 1, end: 1 })).toEqual({ ok: true, problems: [], notes: [] });
  });

  it("names nodes whose books don't, and what is not finite first", () => {
    const open = judgeLedger({ entries: [{ ...entry, passed: 0.9 }], start: 1, end: 0.9 });
    expect(open.problems).toEqual([
      expect.stringMatching(/^conv \(Conv, epsilon\): 10 % of its relevance is not accounted for/),
    ]);
    const broken = [
      { ...entry, node: "first", passed: Number.NaN },
      { ...entry, magnitude: Number.NaN },
    ];
    expect(judgeLedger({ entries: broken, start: 1, end: Number.NaN }).problems).toEqual([
      expect.stringMatching(/^first .*not finite/),
    ]);
  });

  it("notes what biases and the stabilizer keep where it is much", () => {
    const { ok, notes } = judgeLedger({
      entries: [{ ...entry, passed: 0.2, bias: 0.5, stabilizer: 0.3 }],
      start: 1,
      end: 0.2,
    });
    expect(ok).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/^biases .* 50 %/), expect.stringMatching(/^the stabilizer .* 30 %/)]);
  });
});
