import { maskInView, maskOfBoxes, type Rectangle, type Size } from "@limn/core";
import type { DataObject } from "../data/data-set.js";

/** An object as the model sees it. */
export interface SeenObject {
  readonly class: string | number;
  /** [H, W] of the model's input, 1 on the object; on its box if only that is known. */
  readonly mask: Uint8Array;
  /** [H, W], 1 in its box. */
  readonly box: Uint8Array;
  /** Whether more than its box is known. */
  readonly outlined: boolean;
}

/**
 * Objects at the resolution of the model's input. Objects that the model does not see are left out.
 * @param picture the picture's size
 * @param view the part of the picture that the model sees
 * @param size of the model's input
 */
export async function seenObjects(
  objects: readonly DataObject[],
  picture: Size,
  view: Rectangle,
  size: Size,
): Promise<SeenObject[]> {
  const seen: SeenObject[] = [];
  for (const object of objects) {
    const own = await object.mask?.();
    const box = boxInView(object.box, view, size);
    const mask = own ? maskInView(own, picture, view, size) : box;
    if (mask.includes(1)) seen.push({ class: object.class, mask, box, outlined: own !== undefined });
  }
  return seen;
}

function boxInView(box: Rectangle, view: Rectangle, [height, width]: Size): Uint8Array {
  const [across, down] = [width / view.width, height / view.height];
  const moved = {
    x: (box.x - view.x) * across,
    y: (box.y - view.y) * down,
    width: box.width * across,
    height: box.height * down,
  };
  return maskOfBoxes([moved], width, height);
}
