import sharp from "sharp";

/** Pixels as a data: URL. @param rgb height * width * 3 bytes */
export async function imageUrl(rgb: Uint8Array, width: number, height: number): Promise<string> {
  const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .webp({ quality: 80 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString("base64")}`;
}
