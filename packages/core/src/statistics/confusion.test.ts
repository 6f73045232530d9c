import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confusionMatrix, oneVersusRest } from "./confusion.js";

describe("confusionMatrix and oneVersusRest", () => {
  it("count", () => {
    const matrix = confusionMatrix([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 0], 4);
    expect([...matrix.counts]).toEqual([2, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(oneVersusRest(matrix)).toEqual([
      { truePositives: 2, falsePositives: 2, falseNegatives: 1, trueNegatives: 1, precision: 2 / 4, recall: 2 / 3 },
      { truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 3, precision: 1 / 2, recall: 1 / 2 },
      // never predicted
      { truePositives: 0, falsePositives: 0, falseNegatives: 1, trueNegatives: 5, precision: Number.NaN, recall: 0 },
      // in no label either
      {
        truePositives: 0,
        falsePositives: 0,
        falseNegatives: 0,
        trueNegatives: 6,
        precision: Number.NaN,
        recall: Number.NaN,
      },
    ]);
  });

  it("sort every item into one of four for every class", () => {
    const item = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const labels = items.map(([label]) => label);
        const predictions = items.map(([, prediction]) => prediction);
        oneVersusRest(confusionMatrix(labels, predictions, 5)).forEach((found, c) => {
          const count = (isLabel: boolean, isPrediction: boolean) =>
            items.filter(([l, p]) => (l === c) === isLabel && (p === c) === isPrediction).length;
          expect(found).toMatchObject({
            truePositives: count(true, true),
            falsePositives: count(false, true),
            falseNegatives: count(true, false),
            trueNegatives: count(false, false),
          });
        });
      }),
    );
  });

  it.each([
    [[0, 3], [0, 0], /the label of item 1 is 3; give an index from 0 to 2/],
    [[0, 1], [0, -1], /the prediction of item 1 is -1/],
    [[0.5], [0], /the label of item 0 is 0.5/],
    [[0, 1], [0], /2 labels but 1 predictions/],
  ])("refuse %j as %j", (labels, predictions, message) => {
    expect(() => confusionMatrix(labels, predictions, 3)).toThrow(message);
  });
});
