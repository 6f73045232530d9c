import type { TensorValue } from "@limn/core";
import { describe, expect, it } from "vitest";
import { pictureOfTensor } from "./tensor-picture.js";

const tensor = (dims: number[], data: number[]): TensorValue => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

describe("pictureOfTensor", () => {
  it("stretches values onto 0 to 255, channels first or last", () => {
    const expected = { width: 2, height: 1, rgb: Uint8Array.of(0, 102, 204, 51, 153, 255) };
    expect(pictureOfTensor(tensor([1, 3, 1, 2], [-1, 0, 1, 2, 3, 4]), 1)).toEqual(expected);
    expect(pictureOfTensor(tensor([1, 1, 2, 3], [-1, 1, 3, 0, 2, 4]), 3)).toEqual(expected);
  });

  it("shows the first channel as gray where there are not three", () => {
    expect([...pictureOfTensor(tensor([1, 1, 1, 2], [0, 2]), 1).rgb]).toEqual([0, 0, 0, 255, 255, 255]);
    expect([...pictureOfTensor(tensor([1, 2, 1, 2], [0, 2, 0, 0]), 1).rgb]).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it("is black where values are all the same or not finite", () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    expect([...pictureOfTensor(tensor([1, 1, 1, 2], [5, 5]), 1).rgb]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([
      ...pictureOfTensor(tensor([1, 1, 1, 4], [nan, 0, 1, infinity]), 1).rgb.filter((_, i) => i % 3 === 0),
    ]).toEqual([0, 0, 255, 0]);
    expect([...pictureOfTensor(tensor([1, 1, 1, 1], [nan]), 1).rgb]).toEqual([0, 0, 0]);
  });
});
