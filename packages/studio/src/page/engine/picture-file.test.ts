import { readFileSync } from "node:fs";
import sharp from "sharp";
import { expect, it } from "vitest";
import { isCutOff, pictureKind } from "./picture-file.js";

const scene = readFileSync(new URL("../../../pictures/one-object.png", import.meta.url));

it.each(["png", "jpeg", "webp", "gif", "avif", "tiff"] as const)(
  "knows a picture, and whether all of it is there: %s",
  async (format) => {
    const bytes = new Uint8Array(await sharp(scene).resize(64, 64).toFormat(format).toBuffer());
    expect(pictureKind(bytes)?.toLowerCase()).toBe(format);
    expect(isCutOff(bytes)).toBe(false);
    if (["png", "jpeg", "webp"].includes(format)) {
      for (const share of [0.3, 0.9]) expect(isCutOff(bytes.subarray(0, bytes.length * share))).toBe(true);
    }
  },
);

it("takes what follows a picture, and a progressive one", async () => {
  const bytes = await sharp(scene).jpeg({ progressive: true }).toBuffer();
  expect(isCutOff(Buffer.concat([bytes, Buffer.from("notes")]))).toBe(false);
  expect(isCutOff(bytes.subarray(0, -100))).toBe(true);
});

it("knows no other file", () => {
  for (const text of ["", "no picture", "%PDF-1.7"])
    expect(pictureKind(new TextEncoder().encode(text))).toBeUndefined();
});
