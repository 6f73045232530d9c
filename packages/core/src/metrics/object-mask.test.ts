import { describe, expect, it } from "vitest";
import { maskOfBoxes, maskOfPicture } from "./object-mask.js";

const rows = (mask: Uint8Array, width: number) =>
  Array.from({ length: mask.length / width }, (_, y) => mask.subarray(y * width, (y + 1) * width).join(""));

describe("maskOfBoxes", () => {
  it.each([
    ["a box", [{ x: 1, y: 0, width: 2, height: 2 }], ["0110", "0110", "0000"]],
    [
      "a union",
      [
        { x: 0, y: 0, width: 2, height: 2 },
        { x: 1, y: 1, width: 3, height: 1 },
      ],
      ["1100", "1111", "0000"],
    ],
    ["a box beyond the edges", [{ x: -5, y: 1, width: 100, height: 100 }], ["0000", "1111", "1111"]],
    ["a box beside the picture", [{ x: 9, y: 0, width: 2, height: 2 }], ["0000", "0000", "0000"]],
    ["a box to the left of the picture", [{ x: -9, y: 0, width: 2, height: 2 }], ["0000", "0000", "0000"]],
    ["pixels by their centers", [{ x: 0.5, y: 0.6, width: 1.1, height: 1 }], ["0000", "1100", "0000"]],
    ["no box", [], ["0000", "0000", "0000"]],
  ])("%s", (_, boxes, mask) => {
    expect(rows(maskOfBoxes(boxes, 4, 3), 4)).toEqual(mask);
  });
});

it("maskOfPicture takes what is white", () => {
  const grays = [0, 127, 128, 255];
  const rgb = Uint8Array.from(grays.flatMap((gray) => [gray, gray, gray]));
  expect(maskOfPicture({ width: 2, height: 2, rgb })).toEqual(Uint8Array.of(0, 0, 1, 1));
});
