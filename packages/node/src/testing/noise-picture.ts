import sharp from "sharp";
import { randomNumbers } from "../../../core/src/testing/random.js";

/** Writes a PNG of colored noise, the same at every run. @returns its path */
export async function noisePicture(path: string, width: number, height: number): Promise<string> {
  const next = randomNumbers("noise");
  const colors = Uint8Array.from({ length: 3 * width * height }, () => 256 * next());
  await sharp(colors, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}
