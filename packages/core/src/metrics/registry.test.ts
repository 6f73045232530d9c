import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Measure, measures } from "./registry.js";

const page = readFileSync(new URL("../../../../docs/measures.md", import.meta.url), "utf8");
const sections = page.split(/^## /m);

const variant = {
  score: "the probability",
  masking: "[masking]",
  deletion: "[deletion]",
  insertion: "[insertion]",
  groups: "[groups]",
  perturbation: "[perturbation]",
};
const RANGES = { "%": [0, 100], share: [0, 1], coefficient: [-1, 1] };

describe.each(Object.entries<Measure>(measures))("%s", (name, { title, unit, range, definition, source }) => {
  it("says what it is, in one sentence", () => {
    expect(definition(variant)).toMatch(/^[a-z][^\n]*[^.\n]$/);
    expect(source).toMatch(/\d{4}/);
    expect(range).toEqual(RANGES[unit]);
  });

  it("has a section in docs/measures.md", () => {
    const heading = new RegExp(`^.*\`${name}\``);
    expect(sections.filter((section) => heading.test(section))).toHaveLength(1);
    expect(title).toBeTruthy();
  });
});

it("definitions name the variant where pictures are changed", () => {
  const named = Object.entries<Measure>(measures).flatMap(([name, { definition }]) => {
    const words = definition(variant).match(/\[(masking|deletion|insertion|groups|perturbation)\]/);
    return words ? [[name, words[1]]] : [];
  });
  expect(named).toEqual([
    ["averageDrop", "masking"],
    ["increaseInConfidence", "masking"],
    ["deletion", "deletion"],
    ["insertion", "insertion"],
    ["saco", "groups"],
    ["positivePerturbation", "perturbation"],
    ["negativePerturbation", "perturbation"],
  ]);
});
