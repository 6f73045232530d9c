import { describe, expect, it } from "vitest";
import { mapName, methodName, strongestAt } from "./map-name.js";
import { brief, fileSize, percent } from "./numbers.js";

/** A map of 7 x 5 with single values: [column, row, value]. */
function mapWith(...values: [number, number, number][]) {
  const data = new Float32Array(35);
  for (const [x, y, value] of values) data[7 * y + x] = value;
  return { width: 7, height: 5, data };
}

describe("the name of a map", () => {
  it.each([
    [mapWith([6, 0, 1]), "upper right"],
    [mapWith([0, 2, 1]), "left"],
    [mapWith([3, 2, 1]), "center"],
    [mapWith([3, 4, 1]), "lower"],
    // two that agree are more than one that is higher, and what speaks against the class does not count
    [mapWith([0, 0, 3], [6, 4, 2], [5, 4, 2], [0, 4, -9]), "lower right"],
    [mapWith([0, 0, -1]), "nowhere"],
    [{ width: 1, height: 1, data: Float32Array.of(1) }, "center"],
  ])("says where it is strongest: %#", (map, place) => {
    expect(strongestAt(map)).toBe(place);
  });

  it("is a sentence", () => {
    expect(mapName("grad-cam", "cat", mapWith([6, 0, 1]))).toBe("Grad-CAM for cat, strongest upper right");
    expect(mapName("lrp", "cat", mapWith())).toBe("LRP for cat, nothing above zero");
  });
});

it.each([
  ["grad-cam", "Grad-CAM"],
  ["grad-cam-plus-plus", "Grad-CAM++"],
  ["attn-lrp", "Attn-LRP"],
  ["hires-cam", "HiRes-CAM"],
  ["integrated-gradients", "Integrated gradients"],
  ["attention-grad-cam", "Attention-Grad-CAM"],
  ["saliency", "Saliency"],
  ["my-own", "My own"],
])("%s is written %s", (method, written) => {
  expect(methodName(method)).toBe(written);
});

it("numbers are short", () => {
  expect([0.92134, 0.0004, 0, 1].map(percent)).toEqual(["92.1 %", "< 0.1 %", "0.0 %", "100.0 %"]);
  expect([0, 0.51649, -0.0042, 1234.5, 4.6e-5, -2e7].map(brief)).toEqual([
    "0",
    "0.516",
    "-0.0042",
    "1230",
    "4.6e-5",
    "-2.0e+7",
  ]);
  expect([12, 1_337_141, 98_765_432_100].map(fileSize)).toEqual(["12 bytes", "1.34 MB", "98.8 GB"]);
});
