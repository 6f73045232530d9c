import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { openData } from "./open-data.js";

describe("COCO annotations", () => {
  const folder = new DataFolder();

  const images = [
    { id: 9, file_name: "a.png", width: 8, height: 6 },
    { id: 4, file_name: "b.png", width: 8, height: 6 },
  ];
  const categories = [
    { id: 18, name: "dog" },
    { id: 3, name: "cat" },
  ];
  const annotation = (more: object) => ({
    id: 1,
    image_id: 9,
    category_id: 3,
    bbox: [0, 0, 2, 2],
    iscrowd: 0,
    ...more,
  });
  const write = (name: string, annotations: readonly object[], more: object = {}) =>
    // COCO's own order, with categories behind the annotations
    folder.write(name, JSON.stringify({ info: { year: 2017 }, images, annotations, categories, ...more }, null, 1));

  beforeAll(async () => {
    for (const name of ["a", "b"]) await folder.picture(`images/${name}.png`);
  });

  it("have boxes, labels by area, and masks in every form", async () => {
    const data = write("annotations.json", [
      annotation({ segmentation: [[0, 0, 2, 0, 2, 2, 0, 2]], area: 4 }),
      annotation({ image_id: 4, bbox: [1, 1, 3, 3] }),
      annotation({ category_id: 18, bbox: [4, 0, 1, 1], segmentation: { size: [6, 8], counts: [24, 1, 23] }, area: 6 }),
      annotation({ bbox: [1, 1, 1, 1], segmentation: { size: [6, 8], counts: "71X1" }, area: 1 }),
    ]);
    const set = await openData({ data });
    expect(set.items).toEqual([
      { id: "a.png", label: "dog" },
      { id: "b.png", label: "cat" },
    ]);
    expect(set).toMatchObject({
      objects: "masks",
      classes: ["dog", "cat"],
      warnings: [],
      title: `COCO annotations ${data}`,
    });
    const { objects } = await set.open(0);
    expect(objects.map(({ class: name, box }) => [name, box.x, box.width])).toEqual([
      ["cat", 0, 2],
      ["dog", 4, 1],
      ["cat", 1, 1],
    ]);
    const pixels = async (k: number) => {
      const mask = (await objects[k]?.mask?.()) ?? new Uint8Array(0);
      return [...mask.keys()].filter((i) => mask[i] === 1);
    };
    expect([await pixels(0), await pixels(1), await pixels(2)]).toEqual([[0, 1, 8, 9], [4], [9]]);
    expect((await set.open(1)).objects[0]?.mask).toBeUndefined();
    // the folder stands for the file in it
    expect((await openData({ data: folder.path })).fingerprint).toBe(set.fingerprint);
  });

  it("are found by part as COCO lays them out", async () => {
    for (const name of ["a", "b"]) await folder.picture(`coco/val2017/${name}.png`);
    write("coco/annotations/instances_val2017.json", [annotation({})]);
    write("coco/annotations/instances_train2017.json", []);
    write("coco/annotations/captions_val2017.json", []);
    const data = join(folder.path, "coco");
    const set = await openData({ data, split: "val" });
    expect(set.objects).toBe("boxes");
    expect((await set.open(0)).objects).toHaveLength(1);
    await expect(openData({ data })).rejects.toThrow(
      "holds several parts; choose one with --split: train2017, val2017",
    );
    await expect(openData({ data, split: "test" })).rejects.toThrow(
      "has no such part; choose one of train2017, val2017",
    );
  });

  it("may name pictures in another folder, or none that are there", async () => {
    const file = write("far/elsewhere/any.json", [annotation({})]);
    const set = await openData({ data: file, pictures: join(folder.path, "images") });
    expect((await set.open(0)).picture.height).toBe(6);
    await expect((await openData({ data: file })).open(0)).rejects.toThrow(
      "a.png: there is no such file; check the path",
    );
  });

  it("have boxes cut, empty ones and strangers left out, and all of them counted", async () => {
    const data = write("annotations.json", [
      annotation({ bbox: [-4, 0, 8, 8.9] }),
      annotation({ bbox: [6, 4, 2.4, 2.4] }),
      annotation({ bbox: [3, 3, 0, 2] }),
      annotation({ image_id: 77 }),
    ]);
    const set = await openData({ data });
    expect(set.warnings).toEqual([
      `${data}: annotations of images that are not in its list are left out: 1`,
      `COCO annotations ${data}: 1 object with a box that reaches beyond the picture; the box is cut`,
      `COCO annotations ${data}: 1 object without a pixel in the picture; left out`,
    ]);
    const { objects, warnings } = await set.open(0);
    expect(objects.map(({ box }) => box)).toEqual([
      { x: 0, y: 0, width: 4, height: 6 },
      { x: 6, y: 4, width: 2, height: 2 },
    ]);
    expect(warnings).toEqual([]);
  });

  it("refuse pictures and masks of another size, and masks that are none", async () => {
    const wrong = [{ id: 9, file_name: "a.png", width: 6, height: 8 }];
    const stale = await openData({ data: write("images.json", [annotation({})], { images: wrong }) });
    await expect(stale.open(0)).rejects.toThrow(
      "a.png: its annotation says 6x8 pixels, but the picture has 8x6; correct the annotation",
    );
    const masks = [{ size: [8, 6], counts: [48] }, { size: [6, 8], counts: "711" }, [[1, 2, 3, 4]], [["x"]]];
    const data = write(
      "masks.json",
      masks.map((segmentation) => annotation({ segmentation })),
    );
    const { objects } = await (await openData({ data })).open(0);
    const messages = await Promise.all(objects.map(({ mask }) => mask?.().catch((error: Error) => error.message)));
    expect(messages.map((message) => String(message).replace(/^.*?byte \d+: /, ""))).toEqual([
      "its mask has 6x8 pixels, but its picture has 8x6; correct one of them",
      "its run lengths do not fill 8x6 pixels; they are cut off or damaged",
      "its segmentation is neither polygons of three points or more nor run lengths; correct it",
      "its segmentation is neither polygons of three points or more nor run lengths; correct it",
    ]);
  });

  it("must not change while they are used", async () => {
    const data = write("changing.json", [annotation({ segmentation: [[0, 0, 2, 0, 2, 2]] })]);
    const [object] = (await (await openData({ data })).open(0)).objects;
    folder.write("changing.json", "[]");
    await expect(object?.mask?.()).rejects.toThrow(
      "changing.json: the file has changed since it was read; start again",
    );
  });

  it.each([
    ["[]", "wrong.json: its list of images is missing or empty; give a file of COCO's instances"],
    ['{"images": [{"id": 1}]}', "wrong.json: line 1, images[0]: file_name:"],
    [
      '{"images": [{"id": 1, "file_name": "a"},\n{"id": 1, "file_name": "b"}]}',
      "line 2, images[1]: id 1 is there twice",
    ],
    ['{"images": [{"id": 1, "file_name": "a"},\n{"id": 2, "file_name": "a"}]}', "line 2, images[1]: a is there twice"],
    [
      '{"images": [{"id": 1, "file_name": "a"}],\n"annotations": [\n{"image_id": 1, "category_id": 5}]}',
      "line 3, annotations[0]: there is no category 5; add it to the file's categories",
    ],
    [
      '{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1',
      "wrong.json: line 1: the document ends in the middle",
    ],
  ])("refuse %s", async (content, message) => {
    await expect(openData({ data: folder.write("wrong.json", content) })).rejects.toThrow(message);
  });
});
