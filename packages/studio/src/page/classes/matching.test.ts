import { expect, it } from "vitest";
import { matching } from "./matching.js";

const NAMES = ["tabby, tabby cat", "Egyptian cat", "catamaran", "great white shark", "café"];
const found = (query: string) => matching([4, 3, 2, 1, 0], query, (target) => NAMES[target] as string);

it.each([
  ["", [4, 3, 2, 1, 0]],
  ["cat", [2, 1, 0]],
  ["CAT egyp", [1]],
  ["white gr", [3]],
  ["caf", [4]],
  ["3", [3]],
  ["at", []],
])("%j finds %j", (query, expected) => {
  expect(found(query)).toEqual(expected);
});
