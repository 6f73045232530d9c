import { describe, expect, it } from "vitest";
import { outputNames, stemOf, uniqueStems } from "./file-names.js";

describe("uniqueStems", () => {
  it.each([
    ["names alone", ["a/cat.jpg", "dog.png"], ["cat", "dog"]],
    ["extensions", ["cat.jpg", "cat.png", "dog.png"], ["cat.jpg", "cat.png", "dog"]],
    ["folders", ["a/cat.jpg", "b/cat.jpg", "b/cat.png"], ["a-cat.jpg", "b-cat.jpg", "cat.png"]],
    ["numbers", ["a/b/cat.jpg", "c/b/cat.jpg"], ["1-cat.jpg", "2-cat.jpg"]],
    ["upper and lower case", ["Cat.jpg", "cat.jpg"], expect.toSatisfy(([a, b]) => a.toLowerCase() !== b.toLowerCase())],
    [
      "a name that is another's with its extension",
      ["cat.jpg", "cat.png", "cat.jpg.gif"],
      expect.toSatisfy((s) => new Set(s).size === 3),
    ],
    ["hidden files and none", [".jpg", "cat"], [".jpg", "cat"]],
  ])("%s", (_, paths, stems) => {
    expect(uniqueStems(paths)).toEqual(stems);
  });

  it("keeps names short enough for a file system, and different", () => {
    const stems = uniqueStems([1, 2, 3].map((i) => `${"猫".repeat(80)}${i}.jpg`));
    for (const stem of stems) expect(Buffer.byteLength(stem)).toBeLessThanOrEqual(104);
    expect(new Set(stems).size).toBe(3);
  });
});

it("stemOf leaves the last extension out", () => {
  expect(stemOf("/photos/my.cat.jpg")).toBe("my.cat");
});

describe("outputNames", () => {
  it("makes files' names of tensors' names, all different", () => {
    const outputs = [
      "grad-cam",
      "grad-cam//features/Relu:0",
      "grad-cam/features/Relu-0",
      "grad-cam/-1",
      "grad-cam/1",
      "../x",
      "/",
    ];
    expect(outputNames(outputs)).toEqual([
      "grad-cam",
      "grad-cam-features-Relu-0",
      "grad-cam-features-Relu-0_2",
      "grad-cam-1",
      "grad-cam-1_2",
      "x",
      "map",
    ]);
  });

  it("keeps the end of long ones", () => {
    const [name = ""] = outputNames([`grad-cam/${"block/".repeat(60)}Relu_7`]);
    expect(name.length).toBeLessThanOrEqual(100);
    expect(name).toMatch(/Relu_7$/);
  });
});
