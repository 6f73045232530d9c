import { guessLabelSet, type LabelSetEvidence } from "@limn/core";
import { describe, expect, it } from "vitest";
import { labelsFor, readLabels, readWordnetIds } from "./read-labels.js";

describe("class names that come with Limn", () => {
  it.each([
    ["imagenet", 1000, { 0: "tench", 281: "tabby", 999: "toilet tissue" }],
    ["imagenet-21k", 21843, { 0: "organism" }],
    ["cifar-10", 10, { 3: "cat", 9: "truck" }],
    ["cifar-100", 100, { 0: "apple", 47: "maple tree", 99: "worm" }],
    ["mnist", 10, { 7: "7" }],
    ["coco", 80, { 0: "person", 79: "toothbrush" }],
  ])("%s has %i of them", (name, count, some) => {
    const labels = readLabels(name);
    expect(labels).toHaveLength(count);
    expect({ ...labels }).toMatchObject(some);
  });

  it("are all different in ImageNet, and come with their WordNet ids", () => {
    expect(new Set(readLabels("imagenet")).size).toBe(1000);
    expect(readWordnetIds("imagenet").slice(281, 283)).toEqual(["n02123045", "n02123159"]);
  });

  it("fit models with a background, and those of ImageNet-21k without two classes", () => {
    expect(labelsFor({ classes: 1001 }, "imagenet").labels?.slice(0, 2)).toEqual(["background", "tench"]);
    const { labels, wordnet, warnings } = labelsFor({ classes: 21841 }, "imagenet-21k");
    expect([labels?.length, wordnet?.includes("n03931044"), warnings]).toEqual([21841, false, []]);
  });

  it("are told of if they are too many", () => {
    expect(labelsFor({ classes: 5 }, "cifar-10").warnings).toEqual([
      expect.stringContaining("10 labels for a model of 5"),
    ]);
  });
});

const evidence = (classes: number, dims: number[], more: Partial<LabelSetEvidence> = {}) => {
  const model = { metadata: new Map() };
  const image = { name: "input", dims };
  const facts = { location: "model.onnx", hasProbabilities: true, independent: false, ofTexts: false };
  return { ...facts, ...more, classes, image, model } as unknown as LabelSetEvidence;
};

const PHOTO = [1, 3, 224, 224];

describe("the data set that a model was trained on", () => {
  it.each([
    ["imagenet", evidence(1000, PHOTO)],
    ["imagenet", evidence(1001, [1, 224, 224, 3])],
    ["imagenet-21k", evidence(21841, PHOTO)],
    ["cifar-100", evidence(100, [1, 3, 32, 32])],
    ["cifar-10", evidence(10, [1, 3, 32, 32])],
    ["cifar-10", evidence(10, [1, 3, 224, 224], { location: "/x/vit-cifar10.onnx" })],
    ["mnist", evidence(10, [1, 1, 28, 28])],
    ["mnist", evidence(10, [1, 784], { location: "mnist-mlp.onnx" })],
    ["coco", evidence(80, PHOTO, { independent: true })],
  ] as const)("%s", (set, classifier) => {
    expect(guessLabelSet(classifier)?.set).toBe(set);
  });

  it.each([
    ["small pictures", evidence(1000, [1, 3, 32, 32])],
    ["ten classes of photos", evidence(10, PHOTO)],
    ["80 classes that exclude each other", evidence(80, PHOTO)],
    ["Fashion-MNIST", evidence(10, [1, 784], { location: "fashion-mnist.onnx" })],
    ["a regression", evidence(1000, PHOTO, { hasProbabilities: false })],
    ["classes that texts give", evidence(1000, PHOTO, { ofTexts: true })],
  ] as const)("is not guessed of %s", (_, classifier) => {
    expect(guessLabelSet(classifier)).toBeUndefined();
  });

  it("gives labels that are said to be assumed, unless the file has its own", () => {
    const classifier = evidence(10, [1, 3, 32, 32]);
    expect(labelsFor(classifier, undefined)).toMatchObject({
      assumed: 'labels "cifar-10"',
      labelsFrom: '"cifar-10", since it has 10 classes and takes color pictures of 32 pixels',
      warnings: [],
    });
    const named = { ...classifier.model, metadata: new Map([["names", JSON.stringify([..."abcdefghij"])]]) };
    const own = labelsFor({ ...classifier, model: named as unknown as LabelSetEvidence["model"] }, undefined);
    expect([own.labels?.[0], own.assumed]).toEqual(["a", undefined]);
  });
});
