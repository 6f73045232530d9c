import { describe, expect, it } from "vitest";
import type { PictureMap } from "../picture-explainer.js";
import { sameMaps } from "./same-maps.js";

const map = (name: string, signed: boolean, values: number[], shape = [1, values.length]): PictureMap =>
  ({
    request: { name, signed },
    raw: { values: Float32Array.from(values), shape },
    diagnosis: values.every((v) => v === 0) ? { symptom: "zero", message: "blank" } : undefined,
  }) as unknown as PictureMap;

const named = (...maps: PictureMap[]) =>
  sameMaps(maps).map(({ shown, others }) => [shown, ...others].map(({ request }) => request.name));

describe("sameMaps", () => {
  it("gathers what is the same up to a factor and a ReLU, and shows what has both signs", () => {
    const cam = map("cam", true, [4, -2, 1]);
    const gradCam = map("grad-cam", false, [8, 0, 2.001]);
    expect(named(gradCam, cam)).toEqual([["cam", "grad-cam"]]);
    expect(named(gradCam, map("finer", false, [8, 0, 3]), cam)).toEqual([["cam", "grad-cam"], ["finer"]]);
  });

  it("keeps maps apart that are for the same and against something else", () => {
    expect(named(map("a", true, [4, -2]), map("b", true, [4, -1]))).toEqual([["a"], ["b"]]);
    expect(named(map("a", true, [4, -2]), map("b", true, [2, -1]))).toEqual([["a", "b"]]);
  });

  it("keeps apart what differs in size, and blank maps", () => {
    expect(named(map("a", false, [1, 2]), map("b", false, [1, 2], [2, 1]))).toEqual([["a"], ["b"]]);
    expect(named(map("a", false, [0, 0]), map("b", false, [0, 0]))).toEqual([["a"], ["b"]]);
    expect(named(map("a", true, [-1, -2]), map("b", true, [-1, -2]))).toEqual([["a"], ["b"]]);
  });
});
