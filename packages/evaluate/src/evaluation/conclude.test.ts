import { comparePairs, holm, type MeasureName } from "@limn/core";
import { describe, expect, it } from "vitest";
import { conclusionOf } from "./conclude.js";
import type { PairedMeasure, Pairs } from "./figures.js";
import { bestOf, type Ranking, rankingOf } from "./ranking.js";
import { RANDOM } from "./settings.js";

/** Values of maps on pictures, compared as an evaluation does. */
function compared(columns: Readonly<Record<string, readonly number[]>>, by: MeasureName = "iou") {
  const names = Object.keys(columns);
  const of = (name: string) => Float64Array.from(columns[name] as number[]);
  const couples = names.flatMap((first, i) => names.slice(i + 1).map((second) => [first, second] as const));
  const comparisons = comparePairs(couples.map(([first, second]) => ({ first: of(first), second: of(second) })));
  const corrected = holm(comparisons.map(({ test }) => test.p));
  const pairs: Record<string, Record<string, Record<string, PairedMeasure>>> = {};
  couples.forEach(([first, second], i) => {
    const { difference, test } = comparisons[i] as (typeof comparisons)[number];
    pairs[first] = {
      ...pairs[first],
      [second]: { [by]: { difference, p: test.p, corrected: corrected[i] as number } },
    };
  });
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const methods = Object.fromEntries(
    names.map((name) => {
      const values = columns[name] as number[];
      return [
        name,
        { [by]: { mean: mean(values), low: Math.min(...values), high: Math.max(...values), n: values.length } },
      ];
    }),
  ) as unknown as Parameters<typeof rankingOf>[0]["methods"];
  const ranking = rankingOf({ methods, pairs: pairs as Pairs }, by) as Ranking;
  return { ranking, conclusion: conclusionOf({ [by]: ranking }, pairs as Pairs) };
}

/** Twenty pictures around a level, each with its own deviation, the same for all maps. */
const around = (level: number, spread = 0.02, shift = 0): number[] =>
  Array.from({ length: 20 }, (_, i) => level + spread * Math.sin(7 * i + shift));

describe("the conclusion of an evaluation", () => {
  it("names the best map if the test separates it from all others", () => {
    const { ranking, conclusion } = compared({
      a: around(0.3, 0.02, 1),
      b: around(0.5),
      [RANDOM]: around(0.1, 0.02, 2),
    });
    expect(bestOf(ranking)).toEqual(["b"]);
    expect(conclusion.says).toBe("b is best by IoU");
    expect(conclusion.because).toContain("All are better than a random map.");
    expect(conclusion.because[1]).toMatch(
      /^Over 20 pictures, b reaches 0\.[45]\d\d \[.*\], 0\.[12]\d\d \[.*\] above a \(p < 0\.001\)\.$/,
    );
    expect(conclusion.test).toContain("corrected for all 3 pairs (Holm 1979)");
  });

  it("names none if differences are noise, and says which", () => {
    const { ranking, conclusion } = compared({ a: around(0.3, 0.1, 1), b: around(0.301, 0.1, 4) });
    expect(bestOf(ranking)).toEqual([]);
    expect(conclusion.says).toBe("No map is best by IoU: all differences are noise");
    expect(conclusion.because.join(" ")).toMatch(/Noise: the lead of \w over \w;/);
    const three = compared({ a: around(0.4, 0.1, 1), b: around(0.401, 0.1, 4), c: around(0.1) });
    expect(three.conclusion.says).toMatch(/^[ab] and [ab] lead by IoU, and can't be told apart$/);
  });

  it("takes maps with the same values for one, whatever rounding makes of them", () => {
    const values = around(0.5);
    const { ranking, conclusion } = compared({
      a: values,
      b: values.map((v) => v + 1e-6),
      c: around(0.2, 0.02, 1),
    });
    // the test alone would separate them: each difference has the same sign
    expect(ranking.lead.a?.p).toBeLessThan(0.001);
    expect(bestOf(ranking).toSorted()).toEqual(["a", "b"]);
    expect(conclusion.says).toBe("b and a are best by IoU");
    expect(conclusion.because).toContain("The same, except for rounding: b and a.");
  });

  it("knows that lower is better for some measures, and that random maps may be as good", () => {
    const { ranking, conclusion } = compared(
      { a: around(0.2), b: around(0.4, 0.02, 1), [RANDOM]: around(0.4, 0.1, 3) },
      "deletion",
    );
    expect(ranking.order.map(({ name, beatsRandom }) => [name, beatsRandom])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    expect(conclusion.because.join(" ")).toMatch(/0\.2\d\d \[.*\] below b /);
    expect(conclusion.because).toContain("Not to be told from a random map: b.");
  });

  it("compares a single map with the random one only", () => {
    expect(compared({ a: around(0.4), [RANDOM]: around(0.1, 0.02, 1) }).conclusion.says).toBe(
      "a is better than a random map by IoU",
    );
    expect(compared({ a: around(0.1, 0.1), [RANDOM]: around(0.1, 0.1, 1) }).conclusion.says).toBe(
      "a can't be told from a random map by IoU",
    );
  });

  it("says how many pictures the test needs, and that nothing was measured", () => {
    const few = (values: readonly number[]) => values.slice(0, 4);
    const { conclusion } = compared({ a: few(around(0.3)), b: few(around(0.5, 0.02, 1)) });
    expect(conclusion.says).toBe("No map is best by IoU: all differences are noise");
    expect(conclusion.test).toContain("That takes 6 pictures or more, and here are 4.");
    expect(conclusionOf({}, {})).toMatchObject({ by: null, says: "Nothing could be measured" });
  });
});
