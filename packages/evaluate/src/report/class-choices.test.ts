import { describe, expect, it } from "vitest";
import { confusionOf } from "../evaluation/confusion.js";
import type { TableItem } from "../evaluation/table.js";
import { classChoices } from "./class-choices.js";

const [cat, dog, bird] = [0, 1, 2];

const item = (index: number, label: number, predicted: number, confidence: number, runnerUp: number): TableItem => ({
  index,
  id: `${index}.png`,
  labels: [label],
  target: predicted,
  predicted,
  probability: confidence,
  confidence,
  runnerUp,
  runnerUpConfidence: (1 - confidence) * 0.75,
});

const table = [
  item(0, cat, cat, 0.9, dog),
  item(1, cat, dog, 0.6, cat),
  item(2, cat, dog, 0.8, cat),
  item(3, bird, bird, 0.7, dog),
  item(4, bird, bird, 0.5, dog),
  item(5, dog, dog, 0.99, cat),
];
const confusion = confusionOf(table);
const galleriesOf = (name: number, shown = 4) =>
  Object.fromEntries(
    (classChoices(confusion, table, { classes: [name], shown })[0]?.galleries ?? []).map((choice) => [
      choice.title,
      choice.shown,
    ]),
  );

describe("classChoices", () => {
  it("puts the most confident mistakes first, with the maps of what was said and of what is right", () => {
    const galleries = galleriesOf(dog);
    expect(galleries["False positives"]).toEqual([
      { row: 2, targets: [dog, cat] },
      { row: 1, targets: [dog, cat] },
    ]);
    expect(galleries["True positives"]).toEqual([{ row: 5, targets: [dog] }]);
    expect(galleriesOf(cat)["False negatives"]?.map(({ row }) => row)).toEqual([2, 1]);
  });

  it("shows the true negatives for which the class was the second guess, the closest first", () => {
    expect(galleriesOf(dog)["True negatives"]).toEqual([
      { row: 4, targets: [bird, dog] },
      { row: 3, targets: [bird, dog] },
      // the cat that was recognized
      { row: 0, targets: [cat, dog] },
    ]);
  });

  it("shows as many as are asked for, and the classes with the most mistakes first", () => {
    expect(galleriesOf(dog, 1)["False positives"]?.map(({ row }) => row)).toEqual([2]);
    const all = classChoices(confusion, table);
    expect(all.map((one) => one.class)).toEqual([cat, dog, bird]);
    expect(all[1]).toMatchObject({ truePositives: 1, falsePositives: 2, falseNegatives: 0, trueNegatives: 3 });
  });
});
