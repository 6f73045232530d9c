import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { LimnError } from "@limn/core";
import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture } from "./pictures.js";
import { narrowed } from "./pixel-range.js";

const folder = mkdtempSync(join(tmpdir(), "limn-pictures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const from = (data: Uint8Array | Uint16Array, width: number, channels: 1 | 2 | 3 | 4): Sharp =>
  sharp(data, { raw: { width, height: data.length / channels / width, channels } });

/** 32 x 24 pixels with some of everything. */
const colors = Uint8Array.from({ length: 32 * 24 * 3 }, (_, i) => (i * 7919) >> 4);
const photo = () => from(colors, 32, 3);

const closeTo = (found: Uint8Array, expected: ArrayLike<number>, tolerance: number) => {
  expect(found.length).toBe(expected.length);
  expect(Math.max(...Array.from(expected, (e, i) => Math.abs(e - (found[i] ?? 1000))))).toBeLessThanOrEqual(tolerance);
};

/** Cyan, magenta, yellow, black of four pixels. */
const INKS = [
  [0, 55, 125, 0],
  [200, 30, 90, 60],
  [10, 250, 0, 128],
  [255, 255, 255, 255],
] as const;

/** A TIFF of 8-bit inks in one row, not compressed. */
function inks(pixels: readonly (readonly number[])[], orientation = 1, photometric = 5): Uint8Array {
  const entries = [
    [256, 4, 1, pixels.length],
    [257, 4, 1, 1],
    [258, 3, 4, 0], // bits per sample, where the numbers lie
    [259, 3, 1, 1],
    [262, 3, 1, photometric],
    [273, 4, 1, 0], // where the pixels lie
    [274, 3, 1, orientation],
    [277, 3, 1, 4],
    [278, 4, 1, 1],
    [279, 4, 1, pixels.length * 4],
    [284, 3, 1, 1],
  ];
  const bitsAt = 8 + 2 + entries.length * 12 + 4;
  const head = Buffer.alloc(bitsAt + 8);
  head.write("II*\0", "latin1");
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag = 0, type = 0, count = 0, value = 0], i) => {
    const at = 10 + i * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(tag === 258 ? bitsAt : tag === 273 ? bitsAt + 8 : value, at + 8);
  });
  for (let k = 0; k < 4; k++) head.writeUInt16LE(8, bitsAt + 2 * k);
  return Buffer.concat([head, Buffer.from(pixels.flat())]);
}

/** 16 x 8 pixels, the left half of inks 200, 30, 90, 60, the right of 0, 55, 125, 0, as Adobe and PIL write them: inverted. */
const INKED_JPEG = Buffer.from(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD48r9A69jr6zr+havPK8hr6gr/2Q==",
  "base64",
);

describe("readPicture", () => {
  it.each([
    ["PNG", () => photo().png()],
    ["WebP", () => photo().webp({ lossless: true })],
    ["TIFF", () => photo().tiff({ compression: "lzw" })],
  ])("reads %s from bytes", async (_, write) => {
    const picture = await readPicture(await write().toBuffer());
    expect(picture).toMatchObject({ width: 32, height: 24, warnings: [] });
    closeTo(picture.rgb, colors, 0);
  });

  it("reads a file by its path", async () => {
    const path = join(folder, "photo.png");
    await photo().toFile(path);
    closeTo((await readPicture(path)).rgb, colors, 0);
  });

  it("turns pictures upright", async () => {
    // orientation 6: the first row of the file is the right column of the picture
    const bytes = await from(Uint8Array.of(10, 10, 10, 20, 20, 20), 2, 3)
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    expect(await readPicture(bytes)).toMatchObject({ width: 1, height: 2, rgb: Buffer.of(10, 10, 10, 20, 20, 20) });
  });

  it("makes gray color", async () => {
    const bytes = await from(Uint8Array.of(1, 2), 2, 1).toColourspace("b-w").png().toBuffer();
    expect([...(await readPicture(bytes)).rgb]).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it("takes palettes for what they stand for, and gray with alpha for gray", async () => {
    const flags = Uint8Array.from(
      { length: 64 * 3 },
      (_, i) =>
        [
          [255, 0, 0],
          [0, 0, 255],
          [9, 8, 7],
        ][Math.floor(i / 3) % 3]?.[i % 3] ?? 0,
    );
    const palette = await from(flags, 8, 3).png({ palette: true }).toBuffer();
    expect((await sharp(palette).metadata()).isPalette).toBe(true);
    closeTo((await readPicture(palette)).rgb, flags, 0);
    const gray = await from(Uint8Array.of(7, 255, 200, 255), 2, 2)
      .toColourspace("b-w")
      .png()
      .toBuffer();
    expect((await sharp(gray).metadata()).channels).toBe(2);
    expect(await readPicture(gray)).toMatchObject({ rgb: Uint8Array.of(7, 7, 7, 200, 200, 200), warnings: [] });
  });

  it("drops alpha, and says so where pixels are transparent", async () => {
    const see = async (alpha: number) =>
      readPicture(
        await from(Uint8Array.of(200, 100, 50, alpha, 1, 2, 3, 255), 2, 4)
          .png()
          .toBuffer(),
        "a.png",
      );
    expect(await see(0)).toEqual({
      width: 2,
      height: 1,
      rgb: Uint8Array.of(200, 100, 50, 1, 2, 3),
      warnings: ["a.png: the picture has transparent pixels; the model sees the colors that are stored under them"],
    });
    expect((await see(255)).warnings).toEqual([]);
  });

  it.each([
    ["gray", "grey16", 1, [0, 0, 0, 128, 128, 128, 255, 255, 255]],
    ["color", "rgb16", 3, [0, 128, 255]],
  ] as const)("scales 16 bits to 8: %s", async (_, space, channels, expected) => {
    const data = Uint16Array.of(255, 32768, 65535);
    const bytes = await from(data, 3 / channels, channels)
      .toColourspace(space)
      .png()
      .toBuffer();
    expect([...(await readPicture(bytes)).rgb]).toEqual(expected);
  });

  const gray16 = (values: readonly number[]) =>
    from(Uint16Array.from(values), values.length, 1).toColourspace("grey16").png().toBuffer();
  const grays = ({ rgb }: { rgb: Uint8Array }) => [...rgb].filter((_, i) => i % 3 === 0);

  it("notices 16-bit pictures that use a part of their range", async () => {
    const twelve = await readPicture(await gray16([12, 1024, 4000]), "ct.png");
    expect(grays(twelve)).toEqual([0, 4, 15]);
    expect(twelve.warnings).toEqual([
      "ct.png: its 16-bit values use a part of 0 to 65535 only, from 12 to 4000, so the model sees little; say which become black and white: --range 0,4095 for 12 bits, or --range auto",
    ]);
    expect((await readPicture(await gray16([12, 60000]))).warnings).toEqual([]);
    expect((await readPicture(await gray16([700, 700]))).warnings).toEqual([]);
  });

  it.each([
    [
      [0, 4095],
      [12, 1024, 4000],
      [1, 64, 249],
    ],
    [
      [1000, 2000],
      [12, 1500, 4000],
      [0, 128, 255],
    ],
    [
      [4095, 0],
      [0, 1024, 4095],
      [255, 191, 0],
    ],
    ["auto", [100, 150, 200], [0, 128, 255]],
    ["auto", [7, 7], [0, 0]],
  ] as const)("takes %j for black and white", async (range, values, expected) => {
    const picture = await readPicture(await gray16(values), "x", { range });
    expect(grays(picture)).toEqual(expected);
    expect(picture.warnings).toEqual([]);
  });

  it("takes a range of colors together, and not of alpha", async () => {
    const bytes = await from(Uint16Array.of(0, 1000, 2000, 65535), 1, 4)
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    const picture = await readPicture(bytes, "x", { range: "auto" });
    expect(picture).toMatchObject({ rgb: Uint8Array.of(0, 128, 255), warnings: [] });
  });

  it("takes the numbers of other types for 0 to 255, and asks for the range", () => {
    const pixels = { values: Float32Array.of(-1000, 0, 3000), channels: 1, colors: 1, depth: "float" };
    expect(narrowed(pixels, undefined, "x")).toEqual({
      data: Uint8Array.of(0, 0, 255),
      warnings: [
        "x: its values, from -1000 to 3000, are not of 8 or 16 bits and were taken for 0 to 255; say which become black and white: --range -1000,3000, or --range auto",
      ],
    });
    expect(narrowed(pixels, [-1000, 3000], "x")).toEqual({ data: Uint8Array.of(0, 64, 255), warnings: [] });
  });

  it("has no use for the range of 8 bits, and refuses ranges that are none", async () => {
    const bytes = await photo().png().toBuffer();
    const picture = await readPicture(bytes, "x", { range: [0, 100] });
    closeTo(picture.rgb, colors, 0);
    expect(picture.warnings).toEqual(["x: the picture has 8 bits, to which the range does not apply"]);
    await expect(readPicture(bytes, "x", { range: [3, 3] })).rejects.toThrow("range 3,3: give two different numbers");
  });

  it("takes 16-bit alpha for what it is", async () => {
    const bytes = await from(Uint16Array.of(32768, 65535), 1, 2).toColourspace("grey16").png().toBuffer();
    expect(await readPicture(bytes)).toMatchObject({ rgb: Uint8Array.of(128, 128, 128), warnings: [] });
  });

  it("takes CMYK by PIL's formula, not by a profile", async () => {
    const { rgb, warnings } = await readPicture(inks(INKS));
    expect(warnings).toEqual([]);
    // (255 - C) (255 - K) / 255
    closeTo(
      rgb,
      INKS.flatMap(([c, m, y, k]) => [c, m, y].map((ink) => ((255 - ink) * (255 - k)) / 255)),
      0.5,
    );
    expect(await readPicture(inks(INKS, 6))).toMatchObject({ width: 1, height: 4, rgb });
  });

  it.each([
    // what PIL gives of these bytes
    ["CMYK", 0, [42, 172, 126], [255, 200, 130]],
    ["YCCK", 2, [113, 195, 21], [0, 26, 0]],
  ])("reads inverted JPEGs of %s", async (_, transform, left, right) => {
    const bytes = Uint8Array.from(INKED_JPEG);
    bytes[17] = transform;
    const { rgb } = await readPicture(bytes);
    closeTo(rgb.subarray(3 * 3, 4 * 3), left, 1);
    closeTo(rgb.subarray(12 * 3, 13 * 3), right, 1);
  });

  it("takes RGB numbers as they are, whatever their profile", async () => {
    const bytes = await photo().withIccProfile("p3").png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(bytes).metadata()).icc).toBeDefined();
    closeTo((await readPicture(bytes)).rgb, stored, 0);
  });

  it("takes the first frame", async () => {
    const frame = (value: number) =>
      from(new Uint8Array(4 * 4 * 3).fill(value), 4, 3)
        .png()
        .toBuffer();
    const bytes = await sharp([await frame(0), await frame(255)], { join: { animated: true } })
      .gif()
      .toBuffer();
    const picture = await readPicture(bytes);
    expect(picture).toMatchObject({ width: 4, height: 4 });
    expect(Math.max(...picture.rgb)).toBe(0);
  });

  describe("refuses", () => {
    const refused = (source: string | Uint8Array) => expect(readPicture(source, "x")).rejects;

    it.each([
      ["JPEG", () => photo().jpeg()],
      ["progressive JPEG", () => photo().jpeg({ progressive: true })],
      ["PNG", () => photo().png()],
      ["WebP", () => photo().webp()],
      ["GIF", () => photo().gif()],
    ])("a %s cut in the middle", async (_, write) => {
      const bytes = await write().toBuffer();
      await refused(bytes.subarray(0, Math.floor(bytes.length * 0.7))).toMatchObject({
        code: "bad-input",
        message: expect.stringMatching(/^x: the picture is cut off or damaged \(.*\); copy it again$/),
      });
    });

    it.each([
      ["text", Buffer.from("no picture at all")],
      ["random bytes", colors],
      ["a cut TIFF's head", Buffer.from("II*\0")],
    ])("%s", async (_, bytes) => {
      await refused(bytes).toMatchObject({ code: "bad-input", message: expect.stringMatching(/^x: /) });
    });

    it("DICOM, by its name", async () => {
      const bytes = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), Buffer.alloc(64)]);
      await refused(bytes).toThrow(/^x: a DICOM file, which Limn does not read; write its pixels as a 16-bit PNG/);
    });

    it("TIFF with luma and chroma that would pass for red, green and blue", async () => {
      await refused(inks(INKS, 1, 6)).toThrow(
        "x: a TIFF of YCbCr colors, which would be taken for red, green and blue",
      );
    });

    it("SVG", async () => {
      await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).toMatchObject({
        message: "x: SVG has no pixels of its own; export it as a PNG of the size that you want",
      });
    });

    it("decompression bombs, by the size that they claim", async () => {
      await refused(claiming(50_000, 40_000)).toMatchObject({
        message: "x: the picture has 50000x40000 pixels, more than 100 million; make it smaller first",
      });
    });

    it("damaged files, or reads them, but does not crash", async () => {
      const files = [photo().jpeg(), photo().png(), photo().webp(), photo().gif(), photo().tiff()];
      const bytes = await Promise.all(files.map((file) => file.toBuffer()));
      const change = fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), to: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...bytes), fc.array(change, { maxLength: 20 }), async (file, changes) => {
          const damaged = Uint8Array.from(file);
          for (const { at, to } of changes) damaged[Math.floor(at * damaged.length)] = to;
          const result = await readPicture(damaged).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(LimnError);
          else expect(result).toHaveProperty("rgb");
        }),
        { numRuns: 300, seed: 1 },
      );
    });

    it("missing files, folders and empty files", async () => {
      const empty = join(folder, "empty.png");
      writeFileSync(empty, "");
      await expect(readPicture(join(folder, "none.png"))).rejects.toThrow(
        "none.png: there is no such file; check the path",
      );
      await expect(readPicture(folder)).rejects.toThrow(`${folder}: this is a folder; give the path of a picture`);
      await expect(readPicture(empty)).rejects.toThrow(`${empty}: the file is empty; give the path of a picture`);
      await refused(new Uint8Array()).toThrow("x: the file is empty; give a picture");
    });
  });
});

/** A small gray PNG whose header claims a size. */
function claiming(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(100))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The checksum of PNG's chunks (node:zlib has it only from version 22 on). */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
