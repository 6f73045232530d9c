import { readWordnetIds } from "@limn/node";
import { describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { matchLabels } from "./match-labels.js";

const labels = ["tench, Tinca tinca", "great_white_shark", "tabby, tabby cat", "crane", "tiger cat", "crane", "7"];
const model = { classes: labels.length, labels };
const dataOf = (...classes: (string | number)[]) => ({ title: "photos", classes });

describe("labels of data and of a model", () => {
  const folder = new DataFolder();

  it.each([
    ["Great White Shark", [1]],
    ["tench, tinca tinca", [0]],
    ["tabby cat", [2]],
    ["Tabby", [2]],
    ["cat, tiger_cat", [4]],
    ["tabby, tiger cat", [2, 4]],
    ["7", [6]],
    ["3", [3]],
    [3, [3]],
    ["crane", [3, 5]],
    ["cat", []],
    ["9", []],
    [9, []],
    [-1, []],
  ])("%j is %j", (name, indices) => {
    expect(matchLabels(dataOf("tench", name), model).classesOf(name)).toEqual(indices);
  });

  it("go by WordNet ids where the model has them", () => {
    const file = folder.write(
      "labels.json",
      JSON.stringify([
        { index: 0, wnid: "n02012849", name: "crane" },
        { index: 1, wnid: null, name: "background" },
        { index: 2, wnid: "n03126707", name: "crane" },
      ]),
    );
    const match = matchLabels(dataOf("n03126707", "n02012849_crane", "n02012849 crane"), {
      classes: 3,
      labels: ["crane", "background", "crane"],
      wordnet: readWordnetIds(file),
    });
    expect([...["n03126707", "n02012849_crane", "n02012849 crane"].map(match.classesOf)]).toEqual([[2], [0], [0]]);
    expect(match.warnings).toEqual([]);
  });

  it("say what was not found, and what was found twice", () => {
    const { unmatched, warnings } = matchLabels(dataOf("tench", "tabbi", "crane", 99), model);
    expect(unmatched).toEqual(["tabbi", 99]);
    expect(warnings).toEqual([
      'photos: 2 of 4 classes are not classes of the model: "tabbi" (did you mean "tabby"?), "99"',
      'class "crane" fits classes 3 and 5 of the model; each of them counts as right',
    ]);
  });

  it("fail where nothing at all is found", () => {
    expect(() => matchLabels(dataOf("sharks", "trench"), model)).toThrow(
      "photos: none of its classes is a class of the model: ",
    );
    expect(() => matchLabels(dataOf("tench"), { classes: 3 })).toThrow(
      "the model's classes have no names: give its labels with --labels, or a mapping to their indices with --mapping",
    );
    expect(matchLabels(dataOf(), model).warnings).toEqual([]);
  });

  it.each([
    ["mapping.json", '{"kitten": "tabby", "pet": [2, "tiger cat"], "fish": "0", "rock": null, "crane": 3}'],
    ["semicolons.csv", "\uFEFFkitten;tabby\r\npet;2\r\npet;tiger cat\r\n;\r\nfish;0\r\nrock;\r\ncrane;3\r\n"],
    ["mapping.csv", "kitten,tabby\npet,2\npet,tiger cat\nfish,0\nrock,\ncrane,3\n"],
  ])("are mapped by %s", (name, content) => {
    const match = matchLabels(dataOf("kitten", "pet", "fish", "rock", "crane", "great white shark"), {
      ...model,
      mapping: folder.write(name, content),
    });
    const found = ["kitten", "pet", "fish", "rock", "crane", "great white shark"].map(match.classesOf);
    expect(found).toEqual([[2], [2, 4], [0], [], [3], [1]]);
    expect([match.unmatched, match.warnings]).toEqual([[], []]);
  });

  it("are told apart from entries of a mapping that no picture needs", () => {
    const path = folder.write("more.json", '{"kitten": "tabby", "puppy": "nothing"}');
    expect(matchLabels(dataOf("kitten"), { ...model, mapping: path }).warnings).toEqual([
      `${path}: 1 of its 2 classes are not classes of the data: "puppy"`,
    ]);
  });

  it.each([
    [
      "a.json",
      '{"kitten": "tabbi"}',
      'a.json: "kitten" is to stand for "tabbi", which is no class of the model; did you mean "tabby"',
    ],
    ["b.csv", "dog,tench\nkitten,9\n", 'b.csv: line 2: "kitten" is to stand for "9", which is no class of the model'],
    ["c.json", '{"kitten": 1.5}', 'c.json: class "kitten": give the model\'s class, its index, or a list of them'],
    ["d.json", '{"kitten"', "d.json: not JSON ("],
    ["e.csv", "kitten\n", "e.csv: line 1: give two columns, the data's class and the model's, or JSON"],
    ["f.json", "{}", "f.json: there are no classes in this file"],
  ])("refuse %s: %s", (name, content, message) => {
    expect(() => matchLabels(dataOf("kitten"), { ...model, mapping: folder.write(name, content) })).toThrow(message);
  });
});
