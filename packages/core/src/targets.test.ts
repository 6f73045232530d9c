import { describe, expect, it } from "vitest";
import { explainedOf, nameOfCombination, oneTarget, targetOf, targetsOf } from "./targets.js";

describe("targetOf", () => {
  const labels = ["tench", "great_white_shark", "crane", "crane"];

  it.each([
    ["predicted", -1],
    [" PREDICTED", -1],
    ["0", 0],
    ["3", 3],
    ["tench", 0],
    ["Great White shark", 1],
  ])("%s", (choice, index) => {
    expect(targetOf(choice, 4, labels)).toBe(index);
  });

  it("takes a class that is called label", () => {
    expect(targetOf("Label", 2, ["picture", "label"])).toBe(1);
  });

  it("takes a number that is a label as the label", () => {
    expect(targetOf("7", 3, ["5", "6", "7"])).toBe(2);
  });

  it.each([
    ["4", labels, "the model has 4 classes; give 0 to 3"],
    ["-1", labels, "the model has 4 classes; give 0 to 3"],
    ["crane", labels, "classes 2 and 3 have the same label; give the index of one"],
    ["tensh", labels, 'no class has this label; did you mean "tench"?'],
    ["label", labels, 'only pictures of a data set have labels of their own; give "predicted" or a class'],
    ["tench", undefined, 'without a labels file, give "predicted" or an index from 0 to 3'],
  ])("refuses %s", (choice, given, message) => {
    expect(() => targetOf(choice, 4, given)).toThrow(`target "${choice}": ${message}`);
  });
});

it("oneTarget takes one class, and says to those who give two what to do", () => {
  expect(oneTarget("hen, biddy", 2, ["cat", "hen, biddy"])).toBe(1);
  expect(() => oneTarget("-cat", 2, ["cat", "dog"])).toThrow('target "-cat": this is no single class');
  expect(() => oneTarget("cat,dog", 2, ["cat", "dog"])).toThrow(
    'target "cat,dog": each picture is explained for one class; give one, and run once for every other',
  );
});

describe("targetsOf", () => {
  const labels = ["cat", "dog", "hen, biddy", "biddy, bird", "Great_White_shark"];

  it.each([
    ["cat", [0]],
    ["cat,dog", [0, 1]],
    ["dog, great white shark,predicted, 3", [1, 4, -1, 3]],
    ["hen, biddy", [2]],
    ["1,0", [1, 0]],
    ["predicted,2", [-1, 2]],
  ])("%s", (choice, indices) => {
    expect(targetsOf(choice, 5, labels)).toEqual(indices);
  });

  it("knows indices without labels", () => {
    expect(targetsOf("3,predicted", 5, undefined)).toEqual([3, -1]);
  });

  it.each([
    ["cat,dgo", 'target "dgo": no class has this label; did you mean "dog"?'],
    ["hen, bidy", 'target "hen, bidy": no class has this label; did you mean "hen, biddy"'],
    ["cat,", 'target "": no class has this label'],
    ["1,5", 'target "5": the model has 5 classes; give 0 to 4'],
  ])("refuses %s", (choice, message) => {
    expect(() => targetsOf(choice, 5, labels)).toThrow(message);
  });
});

describe("explainedOf", () => {
  const labels = ["cat", "dog", "t-shirt", "big - small"];
  it.each<[string, ReturnType<typeof explainedOf>]>([
    ["cat", [0]],
    ["predicted", [-1]],
    ["t-shirt", [2]],
    ["big - small", [3]],
    ["-cat", [{ kind: "against", of: 0 }]],
    ["- 3", [{ kind: "against", of: 3 }]],
    ["cat - dog", [{ kind: "difference", of: 0, other: 1 }]],
    ["dog - t-shirt", [{ kind: "difference", of: 1, other: 2 }]],
    ["big - small - cat", [{ kind: "difference", of: 3, other: 0 }]],
    ["1 - 0", [{ kind: "difference", of: 1, other: 0 }]],
    ["rest dog", [{ kind: "rest", of: 1 }]],
    ["prob dog", [{ kind: "probability", of: 1 }]],
    ["Prob predicted", [{ kind: "probability", of: -1 }]],
    ["predicted - cat", [{ kind: "difference", of: -1, other: 0 }]],
    ["cat, -cat", [0, { kind: "against", of: 0 }]],
  ])("reads %s", (choice, wanted) => {
    expect(explainedOf(choice, 4, labels)).toEqual(wanted);
  });

  it.each([
    ["-cot", /did you mean "cat"/],
    ["-3", /give "- 3", with a space, for what speaks against class 3, or "predicted"/],
    ["- 7", /the model has 4 classes/],
    ["cat - bird", /no class has this label/],
  ])("refuses %s", (choice, message) => {
    expect(() => explainedOf(choice, 4, labels)).toThrow(message);
  });

  it("names combinations", () => {
    expect(nameOfCombination({ kind: "difference", of: 0, other: 1 }, labels)).toBe("cat − dog");
    expect(nameOfCombination({ kind: "against", of: 1 }, undefined)).toBe("−class 1");
    expect(nameOfCombination({ kind: "probability", of: 1 }, labels)).toBe("prob dog");
  });
});
