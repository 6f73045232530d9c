import type { Rectangle } from "../preprocess/geometry.js";
import type { Picture } from "../preprocess/picture.js";

/** The least gray, 0 to 255, of pixels that belong to the object. */
const WHITE = 128;

/**
 * The union of boxes, in pixels of the picture: a pixel belongs to a box if its center lies in it.
 * @returns [height, width], 1 in a box, 0 outside of all
 */
export function maskOfBoxes(boxes: readonly Rectangle[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const box of boxes) {
    const [left, right] = centersIn(box.x, box.width, width);
    const [top, bottom] = centersIn(box.y, box.height, height);
    for (let y = top; y < bottom; y++) mask.fill(1, y * width + left, y * width + Math.max(left, right));
  }
  return mask;
}

/** The pixels, from the first to before the last, whose centers i + 1/2 lie in [start, start + extent). */
function centersIn(start: number, extent: number, pixels: number): [first: number, end: number] {
  const first = Math.ceil(start - 0.5);
  const end = Math.ceil(start + extent - 0.5);
  return [Math.max(0, first), Math.min(pixels, end)];
}

/** The mask of a picture that shows an object white on black: [height, width], 1 on the object, 0 elsewhere. */
export const maskOfPicture = ({ rgb, width, height }: Picture): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => {
    const sum = (rgb[3 * i] as number) + (rgb[3 * i + 1] as number) + (rgb[3 * i + 2] as number);
    return sum / 3 >= WHITE ? 1 : 0;
  });

/**
 * A mask of a part of the picture, at another resolution: each pixel takes the value of the picture's pixel at its center.
 * @param mask [height, width] of the picture
 * @param view the part, in pixels of the picture; beyond the picture, the mask is 0
 * @param size height and width of the result
 * @returns [H, W], 1 on the object, 0 elsewhere
 */
export function maskInView(
  mask: Uint8Array,
  [height, width]: readonly [number, number],
  view: Rectangle,
  size: readonly [number, number],
): Uint8Array {
  const [H, W] = size;
  const columns = Array.from({ length: W }, (_, j) => Math.floor(view.x + ((j + 0.5) * view.width) / W));
  const result = new Uint8Array(H * W);
  for (let i = 0; i < H; i++) {
    const y = Math.floor(view.y + ((i + 0.5) * view.height) / H);
    if (y < 0 || y >= height) continue;
    columns.forEach((x, j) => {
      if (x >= 0 && x < width) result[i * W + j] = mask[y * width + x] as number;
    });
  }
  return result;
}
