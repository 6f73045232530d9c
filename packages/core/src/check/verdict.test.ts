import { describe, expect, it } from "vitest";
import { judgeGradient, judgeLedger } from "./verdict.js";

const entry = {
  node: "conv",
  operator: "Conv",
  rule: "epsilon",
  given: 1,
  passed: 1,
  spread: 0,
  bias: 0,
  stabilizer: 0,
  magnitude: 1,
};
const at = (stage: string | undefined, deviation: number) => ({
  tensor: `${stage ?? "input"}_out`,
  stage,
  deviation,
  verdict: deviation < 0.05 ? ("right" as const) : ("wrong" as const),
  uncertainty: 0.001,
  kinks: 0,
  directions: 2,
});

describe("judgeGradient", () => {
  it("has nothing to say of small deviations", () => {
    expect(judgeGradient([at(undefined, 0.01), at("stage1", 0.001)])).toEqual({
      ok: true,
      problems: [],
      doubts: [],
      notes: [],
    });
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

describe("judgeGradient, where small steps say less", () => {
  it("doubts what can't be said", () => {
    const { ok, doubts } = judgeGradient([{ ...at(undefined, Number.NaN), verdict: "unclear" }, at("stage1", 0.001)]);
    expect([ok, doubts]).toEqual([true, [expect.stringMatching(/the image \("input_out"\) is right can't be said/)]]);
  });

  it("counts kinks, and takes none for an error", () => {
    const checks = [
      { ...at(undefined, 0.01), kinks: 1 },
      { ...at("stage1", 0), kinks: 2, verdict: "kink" as const },
    ];
    const { ok, doubts, notes } = judgeGradient(checks);
    expect([ok, doubts, notes]).toEqual([true, [], [expect.stringMatching(/^in 3 of 4 directions/)]]);
  });
});

describe("judgeLedger", () => {
  it.each([
    [0.5, true, 0],
    [1.5, true, 0],
    [1.9, true, 1],
    [0.4, true, 1],
    [3, true, 1],
    [-1, false, 0],
    [2000, false, 0],
    [5e-6, false, 0],
  ])("is as content with relevance of which %d of the score arrives as it should be", (end, ok, doubts) => {
    const verdict = judgeLedger({ entries: [entry], start: 1, end });
    expect([verdict.ok, verdict.doubts.length]).toEqual([ok, doubts]);
    expect(verdict.problems).toEqual(ok ? [] : [expect.stringMatching(/ % of the score arrives at the image/)]);
  });

  it("names the node at which relevance goes astray most", () => {
    const entries = [
      { ...entry, passed: 1.2, bias: -0.2 },
      { ...entry, node: "stem", given: 1.2, passed: 40, bias: -38, stabilizer: -0.8, magnitude: 50 },
      { ...entry, node: "last", given: 40, passed: 38, stabilizer: 2, magnitude: 40 },
    ];
    const { doubts } = judgeLedger({ entries, start: 1, end: 38 });
    expect(doubts[0]).toContain(
      "It goes astray most at stem (Conv, epsilon), which gets 120 % of the score and passes on 4,000 %: biases and other constants make the difference; leave `bias` and `stabilizer` at their defaults, or use another composite",
    );
  });

  it("says so if it is only rounded, where relevance of both signs nearly cancels", () => {
    const entries = [{ ...entry, given: 1.5, passed: 3, bias: 0.1, magnitude: 1e6 }];
    const { doubts } = judgeLedger({ entries, start: 1, end: 3 });
    expect(doubts[0]).toContain(
      "passes on 300 %: relevance of both signs, 100,000,000 % of the score in size, nearly cancels there, and float32 rounds what is left; let only summands that agree share (`sums` `agreeing`), or use another composite",
    );
  });

  it("is content with books that balance", () => {
    expect(judgeLedger({ entries: [entry], start: 1, end: 1 })).toEqual({
      ok: true,
      problems: [],
      doubts: [],
      notes: [],
    });
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
