import { describe, expect, it } from "vitest";
import { matrixOf, outcomesOf, picturesOf } from "./confusion.js";

const picture = (name: string, truth: number | undefined, predicted: number, confidence: number) => ({
  name,
  truth,
  predicted,
  confidence,
  truthProbability: undefined,
});

/** Classes 2, 5 and 9; one picture has no label. */
const PICTURES = [
  picture("a", 2, 2, 0.9),
  picture("b", 2, 5, 0.4),
  picture("c", 2, 5, 0.8),
  picture("d", 5, 5, 0.7),
  picture("e", 9, 9, 0.6),
  picture("f", 9, 2, 0.5),
  picture("g", undefined, 2, 1),
];

const names = (group: Parameters<typeof picturesOf>[1]) =>
  picturesOf(PICTURES, group)
    .map(({ name }) => name)
    .join("");

describe("groups of pictures, the most confident first", () => {
  it("mistakes and cells of the matrix", () => {
    expect(names({ kind: "mistakes" })).toBe("cfb");
    expect(names({ kind: "cell", truth: 2, predicted: 5 })).toBe("cb");
    expect(names({ kind: "cell", truth: 5, predicted: 2 })).toBe("");
  });

  it.each([
    ["TP", "a"],
    ["FP", "f"],
    ["FN", "cb"],
    ["TN", "de"],
  ] as const)("%s of a class", (outcome, found) => {
    expect(names({ kind: "class", target: 2, outcome })).toBe(found);
    expect(outcomesOf(PICTURES, 2)[outcome]).toBe(found.length);
  });
});

describe("the matrix", () => {
  it("has the classes that occur, and leaves out pictures without a label", () => {
    const counts = [
      [1, 2, 0],
      [0, 1, 0],
      [1, 0, 1],
    ];
    expect(matrixOf(PICTURES, 10)).toEqual({ classes: [2, 5, 9], all: 3, counts });
  });

  it("has those with most mistakes if there are many", () => {
    const counts = [
      [1, 2],
      [0, 1],
    ];
    expect(matrixOf(PICTURES, 2)).toEqual({ classes: [2, 5], all: 3, counts });
    expect(matrixOf([], 2)).toEqual({ classes: [], all: 0, counts: [] });
  });
});
