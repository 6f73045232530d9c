import type { MapMeasures, ObjectInView } from "@limn/core";
import { describe, expect, it } from "vitest";
import { camIsGradCam } from "./cam-is-grad-cam.js";
import type { Claim, ClaimOnMaps, GradientPlace, ObservedMap, ObservedPicture } from "./claim.js";
import * as conservation from "./conservation.js";
import * as cost from "./cost.js";
import { columnsOf, type Figure } from "./figure.js";
import { maskedPictures } from "./masked-pictures.js";
import { moreInstances } from "./more-instances.js";
import { noisySaliency } from "./noisy-saliency.js";
import { objectSize } from "./object-size.js";
import { otherClasses } from "./other-classes.js";
import { claims } from "./registry.js";
import { shallowStages } from "./shallow-stages.js";
import { shattering } from "./shattering.js";
import { verdictOf, verdictOfAll } from "./verdict.js";

const observedMap = (placed: readonly number[], measures: MapMeasures = {}, depth?: number): ObservedMap => ({
  placed: Float32Array.from(placed),
  measures,
  depth,
});

const object = (...mask: readonly number[]): ObjectInView => ({
  classes: [0],
  mask: Uint8Array.from(mask),
  box: Uint8Array.from(mask),
});

const picture = (known: Partial<ObservedPicture>): ObservedPicture => ({
  size: [2, 2],
  own: undefined,
  maps: new Map(),
  otherMaps: undefined,
  gradients: [],
  ...known,
});

const both = (gradCam: ObservedMap, plusPlus: ObservedMap) =>
  new Map([
    ["grad-cam", gradCam],
    ["grad-cam-plus-plus", plusPlus],
  ]);

const onMaps = (claim: Claim): ClaimOnMaps => {
  if ("observe" in claim) return claim;
  throw new Error(`claim ${claim.number} is about runs`);
};

/** Ten pictures of which the same is noted. */
const figuresOf = (claim: Claim, row: Readonly<Record<string, number>>): readonly Figure[] =>
  onMaps(claim).figures(columnsOf(Array.from({ length: 10 }, () => row)));

const verdict = (figures: readonly Figure[]) =>
  verdictOfAll(figures.flatMap(({ estimate, claimed }) => (claimed ? verdictOf(estimate, claimed) : [])));

it("has ten claims with numbers in order, sources and experiments", () => {
  expect(claims.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const { statement, source, experiment } of claims) {
    expect(statement).toMatch(/^[A-Z].*\.$/);
    expect(source).toMatch(/(19|20)\d\d/);
    expect(experiment).toMatch(/^[A-Z].*\.$/);
  }
});

describe("1: saliency", () => {
  it("is compared with the mean of the family", () => {
    const of = (iou: number, energyPointing: number) => observedMap([0, 1, 2, 3], { iou, energyPointing });
    const maps = new Map([
      ["saliency", of(0.1, 0.2)],
      ["grad-cam", of(0.3, 0.3)],
      ["grad-cam-plus-plus", of(0.4, 0.6)],
      ["relevance-cam", of(0.5, 0.6)],
    ]);
    const row = onMaps(noisySaliency).observe(picture({ maps }));
    expect(row).toMatchObject({ iou: 0.1, energy: 0.2 });
    expect(row["family iou"]).toBeCloseTo(0.4, 12);
    expect(row["family energy"]).toBeCloseTo(0.5, 12);
    expect(row["family smoothness"]).toBeCloseTo(row.smoothness as number, 12);
  });

  it.each([
    [{ smoothness: 0.2, iou: 0.1, energy: 0.2 }, "holds"],
    [{ smoothness: 0.2, iou: 0.1, energy: 0.6 }, "does not hold"],
    [{ smoothness: 0.2, iou: 0.1, energy: 0.5 }, "can't say"],
  ])("%o", (saliency, expected) => {
    const family = { "family smoothness": 0.9, "family iou": 0.4, "family energy": 0.5 };
    expect(verdict(figuresOf(noisySaliency, { ...saliency, ...family }))).toBe(expected);
  });
});

it("2: CAM and Grad-CAM differ by shares of their maxima", () => {
  const maps = new Map([
    ["cam", observedMap([0, 1, 2, 4])],
    ["grad-cam", observedMap([0, 2, 6, 8])],
  ]);
  const row = onMaps(camIsGradCam).observe(picture({ maps }));
  expect(row).toEqual({ difference: 0.25 });
  expect(verdict(figuresOf(camIsGradCam, row))).toBe("does not hold");
  expect(verdict(figuresOf(camIsGradCam, { difference: 1e-7 }))).toBe("holds");
});

describe("3: large and small objects", () => {
  const maps = both(observedMap([4, 1, 0, 0]), observedMap([4, 4, 0, 0]));

  it("are told apart, and left out in between or beside others", () => {
    expect(onMaps(objectSize).observe(picture({ own: [object(1, 1, 0, 0)], maps }))).toEqual({
      "large grad-cam": 0.5,
      "large grad-cam found": 1,
      "large grad-cam-plus-plus": 1,
      "large grad-cam-plus-plus found": 1,
    });
    const tenth = Array.from({ length: 10 }, (_, i) => (i === 0 ? 1 : 0));
    for (const own of [undefined, [], [object(...tenth)], [object(1, 0, 0, 0), object(0, 1, 0, 0)]]) {
      expect(onMaps(objectSize).observe(picture({ own, maps }))).toEqual({});
    }
  });

  it.each([
    ["lost", 0, "holds"],
    ["found", 1, "does not hold"],
  ])("small ones that are %s", (_, found, expected) => {
    const covered = { "large grad-cam": 0.5, "large grad-cam-plus-plus": 0.7 };
    const small = { "small grad-cam": 0.2, "small grad-cam-plus-plus": 0.6, "small grad-cam found": found };
    expect(verdict(figuresOf(objectSize, { ...covered, ...small }))).toBe(expected);
  });
});

it("4: instances count where there are several", () => {
  const of = (instanceRecall: number) => observedMap([], { instanceRecall, iou: 0.5 });
  const maps = both(of(0.5), of(1));
  const observe = (own: ObjectInView[]) => onMaps(moreInstances).observe(picture({ own, maps }));
  expect(observe([object(1)])).toEqual({});
  const row = observe([object(1), object(1)]);
  expect(row).toEqual({
    "grad-cam": 0.5,
    "grad-cam-plus-plus": 1,
    "grad-cam iou": 0.5,
    "grad-cam-plus-plus iou": 0.5,
  });
  expect(verdict(figuresOf(moreInstances, row))).toBe("holds");
});

it("5: the leak is that of the evaluation", () => {
  const maps = both(observedMap([], { otherClassLeak: 0.3 }), observedMap([], { otherClassLeak: 0.2 }));
  const row = onMaps(otherClasses).observe(picture({ maps }));
  expect(row).toEqual({ "grad-cam": 0.3, "grad-cam-plus-plus": 0.2 });
  expect(verdict(figuresOf(otherClasses, row))).toBe("does not hold");
});

describe("6: drops", () => {
  const row = (gradCam: number, plusPlus: number) => {
    const of = (averageDrop: number, increaseInConfidence: number) =>
      observedMap([], { averageDrop, increaseInConfidence });
    return onMaps(maskedPictures).observe(picture({ maps: both(of(gradCam, 0), of(plusPlus, 100)) }));
  };

  it("decide who wins", () => {
    expect(verdict(figuresOf(maskedPictures, row(40, 20)))).toBe("holds");
    expect(verdict(figuresOf(maskedPictures, row(20, 40)))).toBe("does not hold");
  });

  it("that differ by rounding are a tie", () => {
    expect(row(20, 20.00001).win).toBe(50);
    expect([row(40, 20).win, row(20, 40).win]).toEqual([100, 0]);
  });
});

describe("7: gradients", () => {
  const observe = (gradients: readonly GradientPlace[]) => onMaps(shattering).observe(picture({ gradients }));

  it("have a slope along the depth, without places where all are the same", () => {
    const places = [
      { remaining: 1, correlation: 0.2 },
      { remaining: 0.5, correlation: 0.5 },
      { remaining: 0, correlation: 0.8 },
      { remaining: 0.1, correlation: 1 },
    ];
    const row = observe(places);
    expect(row.slope).toBeCloseTo(-0.6, 12);
    expect(row).toMatchObject({ image: 0.2, last: 0.8 });
    expect(verdict(figuresOf(shattering, row))).toBe("holds");
  });

  it("need two places", () => {
    expect(observe([{ remaining: 1, correlation: 0.2 }]).slope).toBeNaN();
  });
});

it("8: what biases keep is not conserved, what is spread is", () => {
  const entry = { node: "", operator: "", rule: undefined, given: 0, passed: 0, spread: 1, magnitude: 0 };
  const entries = [
    { ...entry, bias: 3, stabilizer: 0.5 },
    { ...entry, bias: -1, stabilizer: 0 },
  ];
  const row = conservation.sharesOf({ start: 10, end: 7, entries });
  expect(row).toEqual({ deviation: 0.3, spread: 0.2, bias: 0.2, stabilizer: 0.05, open: 0.05 });
  const figures = (deviation: number) =>
    conservation.figures(columnsOf(Array.from({ length: 10 }, () => ({ ...row, deviation }))));
  expect(verdict(figures(0.3))).toBe("does not hold");
  expect(verdict(figures(1e-6))).toBe("holds");
});

it("9: medians are compared", () => {
  const times = new Map([
    ["image", [30, 6, 8]],
    ["last", [2, 1, 40]],
    ["middle", [4, 4, 4]],
  ]);
  expect(cost.ratiosOf(times)).toEqual({ last: 4, middle: 2 });
  const rows = (last: number) => columnsOf(Array.from({ length: 10 }, () => ({ last, middle: 1 })));
  expect(verdict(cost.figures(rows(4)))).toBe("holds");
  expect(verdict(cost.figures(rows(0.9)))).toBe("does not hold");
});

describe("10: stages", () => {
  const own = [object(1, 0, 0, 0)];
  const stages = (relevance: readonly number[], gradient: readonly number[]) =>
    new Map([
      ["relevance-cam/stage1", observedMap(relevance, { iou: 0.4 }, 0.3)],
      ["relevance-cam/stage2", observedMap([9, 0, 0, 0], { iou: 0.8 }, 0.9)],
      ["grad-cam/stage1", observedMap(gradient, { iou: 0.1 }, 0.3)],
      ["grad-cam/stage2", observedMap([9, 0, 0, 0], { iou: 0.8 }, 0.9)],
    ]);

  it("that are shallow are compared between classes", () => {
    // half of the mass lies on the object, and none of it when the other class is explained
    const maps = stages([2, 2, 0, 0], [1, 3, 0, 0]);
    const otherMaps = stages([0, 5, 5, 0], [1, 3, 0, 0]);
    const row = onMaps(shallowStages).observe(picture({ own, maps, otherMaps }));
    expect(row).toEqual({
      "relevance-cam iou": 0.4,
      "relevance-cam gain": 0.5,
      "relevance-cam/stage1": 0.4,
      "relevance-cam/stage2": 0.8,
      "grad-cam iou": 0.1,
      "grad-cam gain": 0,
      "grad-cam/stage1": 0.1,
      "grad-cam/stage2": 0.8,
    });
    const figures = figuresOf(shallowStages, row);
    expect(verdict(figures)).toBe("holds");
    expect(figures.map(({ what }) => what)).toContain("IoU of grad-cam at stage2");
  });

  it("need two classes", () => {
    expect(onMaps(shallowStages).observe(picture({ own, maps: stages([1], [1]) }))).toEqual({});
  });
});
