import { describe, expect, it } from "vitest";
import { didYouMean, nearMatches } from "./suggest.js";

const METHODS = ["saliency", "guided-backprop", "cam", "grad-cam"];

describe("nearMatches", () => {
  it.each([
    ["salliency", ["saliency"]],
    ["GRAD-CAM", ["grad-cam"]],
    ["gradcam", ["grad-cam"]],
    ["grad", ["grad-cam"]],
    ["acm", ["cam"]],
    ["backprop", ["guided-backprop"]],
    ["occlusion", []],
    ["", []],
  ])("of %j", (typed, expected) => {
    expect(nearMatches(typed, METHODS).slice(0, 1)).toEqual(expected);
  });

  it("gives the best first, and no more than three", () => {
    const layers = Array.from({ length: 9 }, (_, i) => `layer${i + 1}.relu`);
    expect(nearMatches("layer3.relo", layers)[0]).toBe("layer3.relu");
    expect(nearMatches("layer3.relo", layers)).toHaveLength(3);
  });
});

describe("didYouMean", () => {
  it("asks, lists what there is, or says nothing where that would be long", () => {
    expect(didYouMean("gradcam", METHODS)).toBe('did you mean "grad-cam" or "cam"?');
    expect(didYouMean("xyz", METHODS)).toBe("choose one of saliency, guided-backprop, cam, grad-cam");
    expect(
      didYouMean(
        "xyz",
        Array.from({ length: 31 }, (_, i) => `node number ${i}`),
      ),
    ).toBe("");
  });
});
