import { expect, it } from "vitest";
import type { SheetGlance, SheetPhoto } from "../store/sheet.js";
import { inOrder } from "./in-order.js";

const photos = ["a", "b", "c", "d", "e"].map((key) => ({ key, name: key, from: {} }) as SheetPhoto);
const glance = (target: number, probability: number): SheetGlance => ({ target, probability, image: "" });
const glances = new Map<string, SheetGlance>([
  ["b", glance(2, 0.5)],
  ["c", glance(1, 0.3)],
  ["d", { refused: "not a picture" }],
  ["e", glance(2, 0.9)],
]);
const keys = (order: "given" | "class" | "sure" | "unsure") => inOrder(photos, glances, order).map(({ key }) => key);

it("sorts by class and certainty, with those last of which nothing is known", () => {
  expect(keys("given")).toEqual(["a", "b", "c", "d", "e"]);
  expect(keys("class")).toEqual(["c", "e", "b", "a", "d"]);
  expect(keys("sure")).toEqual(["e", "b", "c", "a", "d"]);
  expect(keys("unsure")).toEqual(["c", "b", "e", "a", "d"]);
});
