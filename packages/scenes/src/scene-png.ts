import sharp from "sharp";
import type { Scene } from "./scene.js";

/** A scene's picture as the bytes of a PNG file. */
export const scenePng = ({ size, pixels }: Pick<Scene, "size" | "pixels">): Promise<Uint8Array> =>
  sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
