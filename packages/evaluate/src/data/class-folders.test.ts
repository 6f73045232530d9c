import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { openData } from "./open-data.js";

describe("class folders", () => {
  const folder = new DataFolder();
  const other = new DataFolder();

  beforeAll(async () => {
    await folder.picture("plain/dog/b.png");
    await folder.picture("plain/dog/deeper/a.png");
    await folder.picture("plain/cat/1.PNG", 5, 4);
    folder.write("plain/.DS_Store", "");
    await folder.picture("parts/train/cat/1.png");
    await folder.picture("parts/val/cat/2.png");
    await folder.picture("parts/val/dog/3.png");
  });

  it("label pictures by the folder that they are in", async () => {
    const data = await openData({ data: join(folder.path, "plain") });
    expect(data.items).toEqual([
      { id: "cat/1.PNG", label: "cat" },
      { id: "dog/b.png", label: "dog" },
      { id: "dog/deeper/a.png", label: "dog" },
    ]);
    expect(data).toMatchObject({ objects: "none", classes: ["cat", "dog"], warnings: [] });
    const { picture, objects, warnings } = await data.open(0);
    expect([picture.width, picture.height, picture.rgb[0]]).toEqual([5, 4, 128]);
    expect([objects, warnings]).toEqual([[], []]);
  });

  it.each([
    ["val", ["val/cat/2.png", "val/dog/3.png"]],
    ["validation", ["val/cat/2.png", "val/dog/3.png"]],
    [undefined, ["train/cat/1.png", "val/cat/2.png", "val/dog/3.png"]],
  ])("have parts: %s", async (split, ids) => {
    const data = await openData({ data: join(folder.path, "parts"), ...(split ? { split } : {}) });
    expect(data.items.map(({ id }) => id)).toEqual(ids);
    expect(data.items[0]?.label).toBe("cat");
  });

  it("name the parts that there are", async () => {
    await expect(openData({ data: join(folder.path, "parts"), split: "test" })).rejects.toThrow(
      /^split "test": .*parts has no such part; choose one of train, val$/,
    );
    await expect(openData({ data: join(folder.path, "plain"), split: "val" })).rejects.toThrow(
      "this data has no parts; leave the split out",
    );
  });

  it("say what has no label, and what is no picture", async () => {
    await folder.picture("mixed/cat/1.png");
    await folder.picture("mixed/2.png");
    folder.write("mixed/cat/notes.txt", "");
    const { items, warnings } = await openData({ data: join(folder.path, "mixed") });
    expect(items).toContainEqual({ id: "2.png", label: undefined });
    expect(warnings.map((warning) => warning.replace(folder.path, ""))).toEqual([
      "/mixed: 1 of 2 pictures are in no class's folder, so they have no label",
      "/mixed: files whose names are not those of pictures are left out: 1, such as cat/notes.txt",
    ]);
  });

  it("may hold links, but not go round in circles", async () => {
    await folder.picture("linked/cat/1.png");
    symlinkSync(join(folder.path, "plain/dog"), join(folder.path, "linked/dog"));
    symlinkSync(join(folder.path, "linked/cat"), join(folder.path, "linked/cat/cat"));
    const { items } = await openData({ data: join(folder.path, "linked") });
    expect(items.map(({ id }) => id)).toEqual(["cat/1.png", "dog/b.png", "dog/deeper/a.png"]);
  });

  it("are refused where they are empty or not there", async () => {
    mkdirSync(join(folder.path, "empty/cat"), { recursive: true });
    await expect(openData({ data: join(folder.path, "empty") })).rejects.toThrow(
      "there are no pictures in it; give a folder",
    );
    await expect(openData({ data: join(folder.path, "none") })).rejects.toThrow(
      "none: there is no such file or folder; check the path",
    );
    await expect(openData({ data: folder.write("data.zip", "x") })).rejects.toThrow(
      "this is not a data set that can be read; give a folder",
    );
    await expect(openData({ data: folder.path, format: "cocoa" as "coco" })).rejects.toThrow('did you mean "coco"');
  });

  it("tell what is wrong with a picture when it is opened", async () => {
    await folder.picture("damaged/cat/1.png");
    folder.write("damaged/cat/2.png", "no picture");
    const data = await openData({ data: join(folder.path, "damaged") });
    await data.open(0);
    await expect(data.open(1)).rejects.toThrow(/damaged\/cat\/2\.png: this is not a picture/);
  });

  it("have a fingerprint of ids and labels, wherever they lie", async () => {
    for (const name of ["cat/1.PNG", "dog/deeper/a.png", "dog/b.png"]) await other.picture(name);
    const [here, there] = [await openData({ data: join(folder.path, "plain") }), await openData({ data: other.path })];
    expect(there.fingerprint).toBe(here.fingerprint);
    await other.picture("dog/c.png");
    expect((await openData({ data: other.path })).fingerprint).not.toBe(here.fingerprint);
  });
});
