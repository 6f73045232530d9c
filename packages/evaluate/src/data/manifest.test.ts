import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { DataFolder } from "../testing/data-folder.js";
import { openData } from "./open-data.js";

describe("a manifest", () => {
  const folder = new DataFolder();
  const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

  beforeAll(async () => {
    for (const name of ["a.png", "b, c.png", "d.png"]) await folder.picture(`pictures/${name}`);
    await folder.mask(
      "masks/a.png",
      8,
      Array.from({ length: 48 }, (_, i) => (i % 8 >= 2 && i % 8 < 5 && i < 24 ? 1 : 0)),
    );
  });

  it("is CSV with a header, in any order", async () => {
    const data = folder.write(
      "list.csv",
      '\uFEFFLabel,notes,Path,split\r\ncat,"two\r\nlines",pictures/a.png,train\r\n"hen, biddy",,"pictures/b, c.png",val\r\n\r\n7,,./pictures/d.png,val\r\n',
    );
    const set = await openData({ data });
    expect(set.items).toEqual([
      { id: "pictures/a.png", label: "cat" },
      { id: "pictures/b, c.png", label: "hen, biddy" },
      { id: "pictures/d.png", label: "7" },
    ]);
    expect(set).toMatchObject({ objects: "none", classes: ["cat", "hen, biddy", "7"], warnings: [] });
    expect((await set.open(1)).picture.width).toBe(8);
    expect((await openData({ data, split: "valid" })).items.map(({ label }) => label)).toEqual(["hen, biddy", "7"]);
    await expect(openData({ data, split: "test" })).rejects.toThrow("has no such part; choose one of train, val");
  });

  it.each([
    ["semicolons", "path;label;split\r\npictures/a.png;cat;train\r\npictures/b, c.png;hen, biddy;val\r\n"],
    ["tabs", "path\tlabel\tsplit\r\npictures/a.png\tcat\ttrain\r\npictures/b, c.png\then, biddy\tval\r\n"],
    ["empty rows", "path;label;\r\n;;\r\npictures/a.png;cat;\r\n;;\r\npictures/b, c.png;hen, biddy;\r\n;;\r\n"],
    ["bars", "path|label|split\npictures/a.png|cat|train\npictures/b, c.png|hen, biddy|val\n"],
    ["Excel's line", "sep=;\r\npath;label;split\r\npictures/a.png;cat;train\r\npictures/b, c.png;hen, biddy;val\r\n"],
    [
      "quotes",
      '"Path","Label","the ""part; or"" split"\r\n"pictures/a.png","cat","train"\r\n"pictures/b, c.png","hen, biddy","val"\r\n',
    ],
    ["backslashes", "path;label\r\npictures\\a.png;cat\r\n.\\pictures\\b, c.png;hen, biddy\r\n"],
    ["a column alone in its quotes", '"file_name";"label"\r\npictures/a.png;cat\r\npictures/b, c.png;hen, biddy\r\n'],
  ])("is CSV as spreadsheets write it: %s", async (name, text) => {
    const expected = [
      { id: "pictures/a.png", label: "cat" },
      { id: "pictures/b, c.png", label: "hen, biddy" },
    ];
    const marked = folder.write(`${name}.csv`, `\uFEFF${text}`);
    expect((await openData({ data: marked })).items).toEqual(expected);
    const bare = folder.write(`${name} bare.tsv`, text);
    expect((await openData({ data: bare })).items).toEqual(expected);
    const wide = folder.write(`${name} wide.csv`, Buffer.from(`\uFEFF${text}`, "utf16le"));
    const set = await openData({ data: wide });
    expect(set.items).toEqual(expected);
    expect((await set.open(1)).picture.width).toBe(8);
  });

  it("may have one column", async () => {
    const data = folder.write("alone.csv", "path\npictures/a.png\n");
    expect((await openData({ data })).items).toEqual([{ id: "pictures/a.png", label: undefined }]);
  });

  it("is in Windows-1252 where it is not UTF-8", async () => {
    const data = folder.write("west.csv", Buffer.from("path;label\r\npictures/a.png;M\xf6we\r\n", "latin1"));
    expect((await openData({ data })).items).toEqual([{ id: "pictures/a.png", label: "M\u00f6we" }]);
  });

  it("takes the range of 16-bit pictures, which is part of what the data is", async () => {
    const raw = { width: 2, height: 1, channels: 1 } as const;
    const wide = sharp(Uint16Array.of(0, 2048), { raw }).toColourspace("grey16").png();
    folder.write("wide.png", await wide.toBuffer());
    const data = folder.write("wide.csv", "path,label\nwide.png,cat\n");
    const [plain, ranged] = [await openData({ data }), await openData({ data, range: [0, 4096] })];
    expect([...(await ranged.open(0)).picture.rgb]).toEqual([0, 0, 0, 128, 128, 128]);
    expect((await ranged.open(0)).warnings).toEqual([]);
    expect((await plain.open(0)).warnings).toEqual([expect.stringContaining("--range 0,4095 for 12 bits")]);
    expect(ranged.fingerprint).not.toBe(plain.fingerprint);
  });

  it("has masks with backslashes", async () => {
    const data = folder.write("slashes.csv", "path;label;mask\npictures\\a.png;cat;masks\\a.png\n");
    const [object] = (await (await openData({ data })).open(0)).objects;
    expect((await object?.mask?.())?.reduce((a, b) => a + b, 0)).toBe(9);
  });

  it.each([
    [
      "points",
      "1,2.5,3,1.5; 4 1 2 2",
      [
        [1, 2.5, 3, 1.5],
        [4, 1, 2, 2],
      ],
    ],
    ["commas and spaces", "1, 2.5, 3, 1.5", [[1, 2.5, 3, 1.5]]],
    [
      "decimal commas",
      "1 2,5 3 1,5; 4 1 2 2",
      [
        [1, 2.5, 3, 1.5],
        [4, 1, 2, 2],
      ],
    ],
    ["decimal commas and semicolons", "1;2,5;3;1,5", [[1, 2.5, 3, 1.5]]],
  ] as const)("has boxes in numbers with %s", async (name, cell, boxes) => {
    const data = folder.write(`${name}.csv`, `path;label;boxes\npictures/a.png;cat;"${cell}"\n`);
    const { objects } = await (await openData({ data })).open(0);
    expect(objects.map(({ box: { x, y, width, height } }) => [x, y, width, height])).toEqual(boxes);
  });

  it("is a JSON object a line", async () => {
    const data = folder.write(
      "list.jsonl",
      lines([
        { path: "pictures/a.png", label: 281 },
        {
          file_name: "pictures/d.png",
          objects: [
            { class: "cat", box: [1, 1, 2, 2] },
            { class: "dog", box: [0, 0, 5, 5] },
          ],
        },
        { path: join(folder.path, "pictures/b, c.png") },
      ]),
    );
    const set = await openData({ data });
    expect(set.items).toEqual([
      { id: "pictures/a.png", label: 281 },
      { id: "pictures/d.png", label: "dog" },
      { id: "pictures/b, c.png", label: undefined },
    ]);
    expect(set).toMatchObject({ objects: "boxes", classes: [281, "cat", "dog"] });
    expect((await set.open(1)).objects).toEqual([
      { class: "cat", box: { x: 1, y: 1, width: 2, height: 2 } },
      { class: "dog", box: { x: 0, y: 0, width: 5, height: 5 } },
    ]);
  });

  it("has boxes and masks", async () => {
    const data = folder.write(
      "objects.csv",
      'path,label,boxes,mask\npictures/a.png,cat,"2,0,1,6; 4,0,1,2",masks/a.png\npictures/d.png,dog,,masks/a.png\n',
    );
    const set = await openData({ data });
    expect(set.objects).toBe("masks");
    const [first, second] = (await set.open(0)).objects;
    const at = (indices: number[]) => Uint8Array.from({ length: 48 }, (_, i) => (indices.includes(i) ? 1 : 0));
    expect(await first?.mask?.()).toEqual(at([2, 10, 18]));
    expect(await second?.mask?.()).toEqual(at([4, 12]));
    expect((await set.open(1)).objects[0]).toMatchObject({ class: "dog", box: { x: 2, y: 0, width: 3, height: 3 } });
  });

  it("may have a row for each object", async () => {
    const row = (label: string, box: string) => `pictures/a.png,${label},"${box}"\n`;
    const data = folder.write(
      "rows.csv",
      `path,label,box\n${row("cat", "0,0,2,2")}${row("dog", "2,2,3,3")}${row("cat", "4,4,2,2")}`,
    );
    const set = await openData({ data });
    expect(set.items).toEqual([{ id: "pictures/a.png", label: "dog" }]);
    expect((await set.open(0)).objects.map(({ class: name }) => name)).toEqual(["cat", "dog", "cat"]);
  });

  it("counts what is there twice, and refuses contradictions", async () => {
    const again = folder.write("again.csv", "path,label\npictures/a.png,cat\n./pictures//a.png,cat\n");
    const { items, warnings } = await openData({ data: again });
    expect(items).toHaveLength(1);
    expect(warnings).toEqual([`${again}: 1 row repeats another and is left out`]);
    const other = folder.write("other.csv", "path,label\npictures/a.png,cat\npictures/d.png,dog\npictures/a.png,dog\n");
    await expect(openData({ data: other })).rejects.toThrow(
      `${other}: line 4: pictures/a.png is on line 2 already, with another label`,
    );
  });

  it("cuts boxes, and counts them", async () => {
    const data = folder.write(
      "cut.csv",
      'path,label,boxes\npictures/a.png,cat,"-3,1,5,2;6,4,20,20;9,9,2,2;1,1,0,4;7,5,1.5,1.5"\n',
    );
    const { objects, warnings } = await (await openData({ data })).open(0);
    expect(objects.map(({ box: { x, y, width, height } }) => [x, y, width, height])).toEqual([
      [0, 1, 2, 2],
      [6, 4, 2, 2],
      [7, 5, 1, 1],
    ]);
    const path = join(folder.path, "pictures/a.png");
    expect(warnings).toEqual([
      `${path}: 2 objects with a box that reaches beyond the picture; the box is cut`,
      `${path}: 2 objects without a pixel in the picture; left out`,
    ]);
  });

  it("may name pictures that are missing, until they are opened", async () => {
    const data = folder.write("missing.csv", "path,label\npictures/none.png,cat\n");
    await expect((await openData({ data })).open(0)).rejects.toThrow("none.png: there is no such file; check the path");
    const elsewhere = folder.write("elsewhere.csv", "path,label\na.png,cat\n");
    const set = await openData({ data: elsewhere, pictures: join(folder.path, "pictures") });
    expect((await set.open(0)).picture.width).toBe(8);
  });

  it("refuses masks of another size", async () => {
    await folder.mask("masks/small.png", 2, [1, 1, 1, 1]);
    const data = folder.write("small.csv", 'path,label,box,mask\npictures/a.png,cat,"1,1,2,2",masks/small.png\n');
    const [object] = (await (await openData({ data })).open(0)).objects;
    await expect(object?.mask?.()).rejects.toThrow("the mask has 2x2 pixels, but its picture has 8x6");
  });

  it.each([
    ["a.csv", "path,label\n", "a.csv: there are no rows in it"],
    [
      "b.csv",
      "file;class\na.png;cat\n",
      'b.csv: no column is called "path"; call the one with the pictures\' paths so',
    ],
    ["b2.csv", "path,label\n,cat\n", "b2.csv: line 2: path: is missing; give the picture's path"],
    ["c.csv", 'path,label\na.png,"cat\n', "c.csv: not CSV (Quote Not Closed"],
    ["d.csv", "path,label\na.png,cat\nb.png\n", "line 3"],
    ["e.csv", 'path,label,box\na.png,cat,"1,2,3"\n', 'e.csv: line 2: box "1,2,3": give x,y,width,height in pixels'],
    ["f.csv", 'path,box\na.png,"1,2,3,4"\n', "f.csv: line 2: an object without a class; give the row a label"],
    ["g.jsonl", '{"path": "a.png"}\n{"path": \n', "g.jsonl: line 2: not JSON ("],
    ["h.jsonl", '{"path": "a.png", "label": 1.5}\n', "h.jsonl: line 1: label: give a name, or the index of a class"],
    [
      "i.jsonl",
      '{"path": "a.png", "box": [1, 2]}\n',
      "i.jsonl: line 1: box: give x, y, width and height as four numbers",
    ],
  ])("refuses %s: %j", async (name, content, message) => {
    await expect(openData({ data: folder.write(name, content) })).rejects.toThrow(message);
  });
});
