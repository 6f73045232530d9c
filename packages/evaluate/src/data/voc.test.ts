import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { indexedPng } from "../testing/indexed-png.js";
import { openData } from "./open-data.js";

const objectXml = (name: string, [xmin, ymin, xmax, ymax]: readonly number[]) =>
  `<object><name>${name}</name><difficult>0</difficult>
   <bndbox><xmax>${xmax}</xmax><xmin>${xmin}</xmin><ymax>${ymax}</ymax><ymin>${ymin}</ymin></bndbox>
   <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object>`;

const annotationXml = (file: string, objects: readonly string[], size = [8, 6]) =>
  `<?xml version="1.0"?>\n<annotation><folder>VOC2012</folder><filename>${file}</filename>
   <size><width>${size[0]}</width><height>${size[1]}</height><depth>3</depth></size>
   ${objects.join("\n")}</annotation>\n`;

// the beginning of VOC's colors, and that of its borders
const PALETTE = [
  0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128, 128, 0, 128, 0, 128, 128, 128, 128, 128, 64, 0, 0,
];

describe("a PASCAL VOC folder", () => {
  const folder = new DataFolder();
  const data = join(folder.path, "VOC2012");

  beforeAll(async () => {
    for (const name of ["2008_1.jpg", "2008_2.jpg", "2008_3.jpg"]) await folder.picture(`VOC2012/JPEGImages/${name}`);
    const cat = objectXml("cat", [1, 1, 3, 6]);
    folder.write("VOC2012/Annotations/2008_1.xml", annotationXml("2008_1.jpg", [cat, objectXml("dog", [4, 1, 8, 6])]));
    folder.write(
      "VOC2012/Annotations/2008_2.xml",
      annotationXml("2008_2.jpg", [objectXml("cat", [2, 2, 4, 4]), objectXml("thing", [1, 1, 2, 2])]),
    );
    folder.write("VOC2012/Annotations/2008_3.xml", annotationXml("2008_3.jpg", []));
    folder.write("VOC2012/ImageSets/Main/val.txt", "2008_2\n2008_3\n");
    folder.write("VOC2012/ImageSets/Main/train.txt", "2008_1\n");
    folder.write("VOC2012/ImageSets/Main/cat_val.txt", "2008_2  1\n2008_3 -1\n");
    folder.write("VOC2012/ImageSets/Segmentation/val.txt", "2008_2\n");
    // objects 1 and 2, with a border between them
    const byObject = Array.from({ length: 48 }, (_, i) => (i % 8 < 2 ? 1 : i % 8 === 2 ? 7 : i % 8 < 6 ? 2 : 0));
    folder.write("VOC2012/SegmentationObject/2008_1.png", indexedPng(8, byObject, PALETTE));
    // 8 is the cat
    const byClass = Array.from({ length: 48 }, (_, i) => (i % 8 >= 3 ? 8 : 0));
    folder.write("VOC2012/SegmentationClass/2008_2.png", indexedPng(8, byClass, PALETTE));
  });

  it("has boxes counted from 1, and masks by object or class", async () => {
    const set = await openData({ data });
    expect(set.items).toEqual([
      { id: "JPEGImages/2008_1.jpg", label: "dog" },
      { id: "JPEGImages/2008_2.jpg", label: "cat" },
      { id: "JPEGImages/2008_3.jpg", label: undefined },
    ]);
    expect(set).toMatchObject({ objects: "masks", classes: ["cat", "dog", "thing"], warnings: [] });
    const [cat, dog] = (await set.open(0)).objects;
    expect([cat?.box, dog?.box]).toEqual([
      { x: 0, y: 0, width: 3, height: 6 },
      { x: 3, y: 0, width: 5, height: 6 },
    ]);
    const columns = async (mask: (() => Promise<Uint8Array>) | undefined) => [
      ...((await mask?.()) ?? []).slice(16, 24),
    ];
    expect(await columns(cat?.mask)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    expect(await columns(dog?.mask)).toEqual([0, 0, 0, 1, 1, 1, 0, 0]);
    const [second, thing] = (await set.open(1)).objects;
    expect(await columns(second?.mask)).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
    expect(thing?.mask).toBeUndefined();
  });

  it.each([
    ["val", ["2008_2", "2008_3"]],
    ["train", ["2008_1"]],
    ["Segmentation/val", ["2008_2"]],
  ])("has the part %s", async (split, names) => {
    const { items } = await openData({ data, split });
    expect(items.map(({ id }) => id)).toEqual(names.map((name) => `JPEGImages/${name}.jpg`));
  });

  it("names the parts that there are", async () => {
    await expect(openData({ data, split: "test" })).rejects.toThrow("Main has no such part; choose one of train, val");
  });

  it("says how many pictures have no annotation", async () => {
    folder.write("VOC2012/ImageSets/Main/without.txt", "2008_1\n2009_1\n");
    const set = await openData({ data, split: "without" });
    expect(set.warnings).toEqual([`${data}: 1 of 2 pictures have no annotation, so they have no label`]);
    await expect(set.open(1)).rejects.toThrow("2009_1.jpg: there is no such file");
  });

  it("counts boxes beyond their pictures", async () => {
    folder.write("cut/Annotations/a.xml", annotationXml("a.jpg", [objectXml("cat", [1, 1, 99, 99])]));
    const { warnings } = await openData({ data: join(folder.path, "cut") });
    expect(warnings).toEqual([
      `PASCAL VOC ${folder.path}/cut: 1 object with a box that reaches beyond the picture; the box is cut`,
    ]);
  });

  it.each([
    ["<annotation>\n<object><name>cat</nam>\n</annotation>", "a.xml: line 2: not XML ("],
    ["<annotation><object><name>cat</name></object></annotation>", "a.xml: annotation.object.0.bndbox:"],
    [
      annotationXml("a.jpg", [objectXml("cat", [1, 1, Number.NaN, 2])]),
      "a.xml: annotation.object.0.bndbox.xmax: not a number",
    ],
    ["<html></html>", "a.xml: annotation:"],
    ["", "a.xml: the file is empty"],
  ])("refuses %j", async (content, message) => {
    folder.write("wrong/Annotations/a.xml", content);
    await expect(openData({ data: join(folder.path, "wrong") })).rejects.toThrow(message);
  });
});
