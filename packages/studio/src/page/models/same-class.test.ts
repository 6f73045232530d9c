import { expect, it } from "vitest";
import { sameClass } from "./same-class.js";

it("finds a class by one of its names, in whichever letters", () => {
  const labels = ["tench, Tinca tinca", "Fire_Engine, fire truck", "cat"];
  expect(sameClass("fire engine", labels)).toBe(1);
  expect(sameClass("tinca Tinca", labels)).toBe(0);
  expect(sameClass("cat, house cat", labels)).toBe(2);
});

it("finds no class where the other model has no such name", () => {
  expect(sameClass("dog", ["cat", "hot dog"])).toBeUndefined();
  expect(sameClass("", ["", "cat"])).toBeUndefined();
  expect(sameClass("dog", undefined)).toBeUndefined();
});
