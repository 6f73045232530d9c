import { describe, expect, it } from "vitest";
import { cellsOf, confusionOf, frequentMistakes } from "./confusion.js";
import type { TableItem } from "./table.js";

const item = (index: number, labels: number[], predicted: number): TableItem => ({
  index,
  id: `${index}.png`,
  labels,
  predicted,
  target: predicted,
  probability: 0.5,
  confidence: 0.5,
});

const table = [item(0, [7], 7), item(1, [7], 2), item(2, [7], 2), item(3, [], 2), item(4, [2, 9], 9), item(5, [2], 7)];

describe("confusionOf", () => {
  const confusion = confusionOf(table);

  it("counts labeled pictures, in the order of the classes that occur", () => {
    expect(confusion.classes).toEqual([2, 7, 9]);
    expect([...confusion.matrix.counts]).toEqual([0, 1, 0, 2, 1, 0, 0, 0, 1]);
    expect(confusion.items.map(({ row }) => row)).toEqual([0, 1, 2, 4, 5]);
  });

  it("takes whichever of several labels is predicted", () => {
    expect(confusion.items[3]).toEqual({ row: 4, label: 9, predicted: 9 });
  });

  it("lists cells that are not empty, and mistakes by how frequent they are", () => {
    expect(cellsOf(confusion)).toContainEqual({ label: 7, predicted: 7, count: 1 });
    expect(frequentMistakes(cellsOf(confusion))).toEqual([
      { label: 7, predicted: 2, count: 2 },
      { label: 2, predicted: 7, count: 1 },
    ]);
  });
});
