import { describe, expect, it } from "vitest";
import { randomNumbers } from "../testing/random.js";
import { saco, salienceOf } from "./saco.js";

/** Algorithm 1 of Wu et al. 2024, line by line. */
function algorithm1(s: readonly number[], effects: readonly number[]): number {
  let [F, totalWeight] = [0, 0];
  for (let i = 0; i < s.length - 1; i++)
    for (let j = i + 1; j < s.length; j++) {
      let weight = (s[i] as number) - (s[j] as number);
      if (!((effects[i] as number) >= (effects[j] as number))) weight = -weight;
      F += weight;
      totalWeight += Math.abs(weight);
    }
  return F / totalWeight;
}

describe("saco", () => {
  it.each([
    ["1 if effects have the map's order", [3, 2, 1], [0.5, 0.4, 0.1], 1],
    ["-1 if they have the opposite", [3, 2, 1], [0.1, 0.4, 0.5], -1],
    ["1 if nothing has an effect, since equal effects are in order", [3, 2, 1], [0, 0, 0], 1],
    // pairs: 4 - 1 agrees with 3, 4 - 0 with 4, 1 - 0 is against with 1
    ["weighed by the difference of saliences", [4, 1, 0], [0.9, 0.1, 0.2], 6 / 8],
  ])("is %s", (_, salience, effects, expected) => {
    expect(saco(salience, effects)).toBeCloseTo(expected, 12);
    // on any scale, and from any zero
    expect(
      saco(
        salience.map((s) => 7 * s - 5),
        effects,
      ),
    ).toBeCloseTo(expected, 12);
  });

  it("is the paper's algorithm", () => {
    const random = randomNumbers("saco");
    const salience = Array.from({ length: 10 }, random).sort((a, b) => b - a);
    const effects = Array.from({ length: 10 }, () => random() - 0.5);
    expect(saco(salience, effects)).toBeCloseTo(algorithm1(salience, effects), 12);
  });

  it("is no number of a constant map", () => {
    const map = new Float32Array(13).fill(0.1);
    expect(saco(salienceOf(map, Float32Array.from(map.keys()), 5), [5, 4, 3, 2, 1])).toBeNaN();
  });
});

it("salienceOf is the mean of each group, by rank", () => {
  // ranks of 7 pixels in 3 groups: 0 to 2, 3 and 4, 5 and 6
  const map = Float32Array.of(-1, 6, 0, 3, 5, 1, 2);
  const ranks = Float32Array.of(6, 0, 5, 2, 1, 4, 3);
  expect([...salienceOf(map, ranks, 3)]).toEqual([14 / 3, 1.5, -0.5]);
});
