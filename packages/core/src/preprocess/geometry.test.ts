import { describe, expect, it } from "vitest";
import type { Size } from "../graph/tensor.js";
import { golden } from "../testing/preprocess-golden.js";
import { geometryOf } from "./geometry.js";
import type { ImageInput } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";

const plain = { resample: "bilinear", rescale: 1, mean: [0], std: [1], channels: "rgb", layout: "nchw" } as const;

const geometry = (changes: Pick<Preprocessing, "resize" | "centerCrop">, picture: Size, [height, width]: Size) => {
  const input: ImageInput = { layout: "nchw", channels: 3, height, width };
  return geometryOf({ ...plain, ...changes }, picture, input);
};

describe("geometryOf", () => {
  it.each(golden.geometry)("rounds as torchvision: $picture to $resize, cropped to $centerCrop", (row) => {
    const { resized, border } = geometry(row, row.picture, row.centerCrop);
    expect(resized).toEqual(row.resized);
    const [top, left, bottom, right] = border;
    expect([top, left]).toEqual([row.top, row.left]);
    expect([resized[0] + top + bottom, resized[1] + left + right]).toEqual(row.centerCrop);
  });

  it("gives the rectangle of the original picture that the model sees", () => {
    const { view } = geometry({ resize: 256, centerCrop: [224, 224] }, [512, 1024], [224, 224]);
    expect(view).toEqual({ x: 288, y: 32, width: 448, height: 448 });
  });

  it("gives the whole picture where nothing is cropped", () => {
    const { view } = geometry({ resize: [32, 32], centerCrop: "none" }, [100, 61], [32, 32]);
    expect(view).toEqual({ x: 0, y: 0, width: 61, height: 100 });
  });

  it("gives a rectangle beyond the picture where black was added", () => {
    const { view } = geometry({ resize: "none", centerCrop: [20, 20] }, [10, 15], [20, 20]);
    expect(view).toEqual({ x: -2, y: -5, width: 20, height: 20 });
  });

  it("refuses pictures that do not come out at the model's size", () => {
    expect(() => geometry({ resize: 224, centerCrop: "none" }, [300, 400], [224, 224])).toThrow(
      'a picture of 400x300 pixels becomes 298x224, but the model takes 224x224; resize or crop it, such as with --resize 224,224, or with "resize" or "centerCrop": [224,224] in the preprocessing',
    );
  });

  it("refuses pictures that would grow beyond memory", () => {
    expect(() => geometry({ resize: 256, centerCrop: [224, 224] }, [1, 60_000], [224, 224])).toThrow(
      /60000x1 pixels would become 15360000x256 pixels/,
    );
  });
});
