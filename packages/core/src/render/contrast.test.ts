import { describe, expect, it } from "vitest";
import { contrast } from "./contrast.js";

describe("contrast", () => {
  it("takes each map in parts of its own largest absolute value", () => {
    expect(contrast(Float32Array.of(0, 1, 4), Float32Array.of(300, 75, -150))).toEqual(Float32Array.of(-1, 0, 1.5));
  });

  it("has the other sign the other way round", () => {
    const [a, b] = [Float32Array.of(1, -8, 3), Float32Array.of(2, 2, 5)];
    expect(contrast(a, b)).toEqual(contrast(b, a).map((v) => -v));
  });

  it("is zero between a map and its multiples", () => {
    expect(contrast(Float32Array.of(1, 2, -4), Float32Array.of(8, 16, -32))).toEqual(Float32Array.of(0, 0, 0));
  });

  it("leaves a map that is zero everywhere at zero", () => {
    expect(contrast(Float32Array.of(0, 0), Float32Array.of(2, 4))).toEqual(Float32Array.of(-0.5, -1));
    expect(contrast(Float32Array.of(0, 0), Float32Array.of(0, 0))).toEqual(Float32Array.of(0, 0));
  });
});
