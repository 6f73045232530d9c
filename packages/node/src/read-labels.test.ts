import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Classifier } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { labelsFor, readLabels } from "./read-labels.js";

const folder = mkdtempSync(join(tmpdir(), "limn-labels-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "labels");
const read = (content: string) => {
  writeFileSync(path, content);
  return readLabels(path);
};

describe("readLabels", () => {
  const birds = ["cock", "hen, biddy"];

  it.each([
    ["lines", "cock\nhen, biddy\n"],
    ["lines ended as on Windows, with a byte order mark", "\uFEFFcock\r\nhen, biddy\r\n\r\n"],
    ["lines with WordNet ids", "n01514668 cock\nn01514859\then, biddy"],
    ["a list of names", JSON.stringify(birds)],
    [
      "a list of entries, in any order",
      '[{"index": 1, "name": "hen, biddy"}, {"index": 0, "wnid": null, "name": "cock"}]',
    ],
    ["a list of entries without index", '[{"wnid": "n01514668", "label": "cock"}, {"label": "hen, biddy"}]'],
    ["an object by index", '{"1": "hen, biddy", "0": "cock"}'],
    ["Keras' class_indices", '{"hen, biddy": 1, "cock": 0}'],
    ["config.json without id2label", '{"label2id": {"hen, biddy": 1, "cock": 0}}'],
    ["Keras' class index", '{"0": ["n01514668", "cock"], "1": ["n01514859", "hen, biddy"]}'],
    [
      "timm's config.json",
      '{"label_names": ["n01514668", "hen"], "label_descriptions": {"n01514668": "cock", "hen": "hen, biddy"}}',
    ],
    ["CSV with headings", 'index,name\n0,cock\n1,"hen, biddy"\n'],
    ["a table with names first", "name\tindex\nhen, biddy\t1\ncock\t0"],
    ["TensorFlow Lite's labels", "0 cock\r1 hen, biddy\r"],
    ["config.json", '{"model_type": "vit", "id2label": {"0": "cock", "1": "hen, biddy"}}'],
  ])("reads %s", (_, content) => {
    expect(read(content)).toEqual(birds);
  });

  it.each([
    ["", "the file is empty; give the path of a labels file"],
    ["[", "not JSON ("],
    ["[]", "there are no labels in this file; give one for every class"],
    ["[1, 2]", 'this is not a list of labels; give ["name", ...]'],
    ['{"cat": 0.5}', "this is not a list of labels"],
    ['{"cat": 0, "dog": 0}', "class 0 is named twice"],
    ['[{"index": 0}]', "this is not a list of labels"],
    ['{"0": "a", "2": "c"}', "class 2 is named, but there are only 2 names; number them from 0 without gaps"],
    ['[{"index": 0, "name": "a"}, {"index": 0, "name": "b"}]', "class 0 is named twice"],
    ["a\n\nc", "line 2 is empty; give class 1 a name"],
    [
      "a\0b",
      "this is not text in UTF-8, UTF-16 with a byte order mark or Windows-1252; give a labels file, saved as UTF-8",
    ],
  ])("refuses %j", (content, message) => {
    expect(() => read(content)).toThrow(`${path}: ${message}`);
  });

  it.each([
    ["UTF-16", Buffer.from("\uFEFFgar\u00e7on\r\nna\u00efve\r\n", "utf16le")],
    ["UTF-16, the other way around", Buffer.from("\uFEFFgar\u00e7on\nna\u00efve", "utf16le").swap16()],
    ["Windows-1252", Buffer.from("gar\u00e7on\r\nna\u00efve\r\n", "latin1")],
    ["UTF-8 with a byte order mark", Buffer.from("\uFEFFgar\u00e7on\nna\u00efve")],
  ])("reads %s", (_, bytes) => {
    writeFileSync(path, bytes);
    expect(readLabels(path)).toEqual(["gar\u00e7on", "na\u00efve"]);
  });

  it.each([
    ["Windows-1251", Buffer.from([0xea, 0xee, 0xf8, 0xea, 0xe0, 0x0a, 0xf1, 0xee, 0xe1, 0xe0, 0xea, 0xe0])],
    ["Shift JIS", Buffer.from([0x94, 0x4c, 0x0a, 0x8c, 0xa2, 0x83, 0x81])],
    ["UTF-16 without a byte order mark", Buffer.from("cat\ndog", "utf16le")],
  ])("refuses %s, and says what to do", (_, bytes) => {
    writeFileSync(path, bytes);
    expect(() => readLabels(path)).toThrow(/saved as UTF-8$/);
  });

  it("keeps numbers that belong to the names", () => {
    expect(read("1 cent\n2 cents\n5 cents")).toEqual(["1 cent", "2 cents", "5 cents"]);
    expect(read("0\n1\n2")).toEqual(["0", "1", "2"]);
  });

  it("refuses missing files and folders", () => {
    expect(() => readLabels(join(folder, "none"))).toThrow("none: there is no such file; check the path");
    expect(() => readLabels(folder)).toThrow("this is a folder; give the path of a labels file");
  });
});

describe("labelsFor", () => {
  const of = (classes: number, metadata: Record<string, string>, given?: string) => {
    const model = { metadata: new Map(Object.entries(metadata)) } as unknown as Classifier["model"];
    return labelsFor({ classes, model }, given);
  };

  it("says where labels are from, and warns if there are too many or too few", () => {
    writeFileSync(path, "cock\nhen\n");
    expect(of(2, {}, path)).toMatchObject({ labels: ["cock", "hen"], labelsFrom: path, warnings: [] });
    expect(of(3, {}, path).warnings).toEqual([expect.stringContaining("2 labels for a model of 3 classes")]);
    expect(of(2, {})).toMatchObject({ labels: undefined, labelsFrom: undefined, warnings: [] });
  });

  it.each([
    ["names", `{0: 'cock', 1: "hen's"}`],
    ["labels", JSON.stringify(["cock", "hen's"])],
    ["classes", `['cock', "hen's"]`],
    ["classes", "cock, hen's"],
    ["class_names", "cock\r\nhen's\n"],
    ["label2id", JSON.stringify({ "hen's": 1, cock: 0 })],
    ["id2label", JSON.stringify({ 0: "cock", 1: "hen's" })],
  ])("finds them in the file's metadata, under %s", (key, text) => {
    expect(of(2, { [key]: text })).toMatchObject({
      labels: ["cock", "hen's"],
      labelsFrom: `"${key}" in the file's metadata`,
    });
    expect(of(3, { [key]: text }).labels).toBeUndefined();
    writeFileSync(path, "a\nb\n");
    expect(of(2, { [key]: text }, path).labels).toEqual(["a", "b"]);
  });

  it("takes a mere number in the metadata for no names", () => {
    expect(of(1, { classes: "1" }).labels).toBeUndefined();
  });

  it("puts TensorFlow's background before ImageNet's 1000 names", () => {
    writeFileSync(path, Array.from({ length: 1000 }, (_, i) => `class ${i}`).join("\n"));
    const { labels, labelsFrom, warnings } = of(1001, {}, path);
    expect([labels?.length, labels?.[0], labels?.[1], warnings]).toEqual([1001, "background", "class 0", []]);
    expect(labelsFrom).toContain('after "background" as class 0');
    expect(of(1000, {}, path).labels?.[0]).toBe("class 0");
  });
});
