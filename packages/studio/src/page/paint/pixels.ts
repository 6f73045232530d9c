import type { Picture } from "@limn/core";

/** Red, green and blue of pixels that also have an alpha, as a canvas gives them. @param rgb is filled with them */
export function withoutAlpha(
  rgba: Uint8ClampedArray,
  rgb: Uint8Array = new Uint8Array((rgba.length / 4) * 3),
): Uint8Array {
  for (let i = 0, j = 0; i < rgb.length; i += 3, j += 4) {
    rgb[i] = rgba[j] as number;
    rgb[i + 1] = rgba[j + 1] as number;
    rgb[i + 2] = rgba[j + 2] as number;
  }
  return rgb;
}

/** Gives the pixels of an image other colors, and leaves their alpha. */
export function setColors({ data }: ImageData, rgb: Uint8Array): void {
  for (let i = 0, j = 0; i < rgb.length; i += 3, j += 4) {
    data[j] = rgb[i] as number;
    data[j + 1] = rgb[i + 1] as number;
    data[j + 2] = rgb[i + 2] as number;
  }
}

/** A picture as canvases take it. */
export function imageDataOf({ width, height, rgb }: Picture): ImageData {
  const image = new ImageData(width, height);
  image.data.fill(255);
  setColors(image, rgb);
  return image;
}
