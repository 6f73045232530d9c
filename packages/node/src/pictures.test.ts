import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { LimnError } from "@limn/core";
import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture } from "./pictures.js";

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

  it("takes 16-bit alpha for what it is", async () => {
    const bytes = await from(Uint16Array.of(32768, 65535), 1, 2).toColourspace("grey16").png().toBuffer();
    expect(await readPicture(bytes)).toMatchObject({ rgb: Uint8Array.of(128, 128, 128), warnings: [] });
  });

  it("converts CMYK", async () => {
    const red = await from(
      Uint8Array.from({ length: 192 }, (_, i) => (i % 3 ? 30 : 220)),
      8,
      3,
    )
      .toColourspace("cmyk")
      .jpeg({ quality: 100 })
      .toBuffer();
    const { rgb } = await readPicture(red);
    closeTo(rgb.subarray(0, 3), [220, 30, 30], 40);
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
