import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MapPlacer } from "../preprocess/place-map.js";
import { randomNumbers } from "../testing/random.js";
import { runtime } from "../testing/runtime.js";
import { enlarged } from "./enlarge.js";

const next = randomNumbers("enlarged maps");
const gridOf = (width: number, height: number) => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, () => 2 * next() - 1),
});
const partOf = (width: number, height: number) => ({ x: 0, y: 0, width, height });

describe("enlarged", () => {
  let placer: MapPlacer;
  beforeAll(async () => {
    placer = await MapPlacer.create(runtime);
  });
  afterAll(() => placer.release());

  it.each([
    ["a coarse map on a whole picture", gridOf(7, 5), { x: 0, y: 0, width: 60, height: 40 }, [60, 40]],
    ["a view within the picture", gridOf(4, 4), { x: 3.5, y: -2.25, width: 20, height: 21 }, [30, 17]],
    ["a map finer than the picture", gridOf(40, 31), { x: 0, y: 0, width: 12, height: 9 }, [12, 9]],
    ["a single cell", gridOf(1, 1), { x: 1, y: 1, width: 3, height: 3 }, [5, 5]],
  ] as const)("is what MapPlacer draws: %s", async (_, map, view, [width, height]) => {
    const { data } = await placer.draw(map, view, { width, height });
    const ours = enlarged(map, view, partOf(width, height), { width, height });
    expect(Array.from(ours, Number.isNaN)).toEqual(Array.from(data, Number.isNaN));
    expect(Math.max(...Array.from(ours, (v, i) => Math.abs(v - (data[i] as number)) || 0))).toBeLessThan(1e-5);
  });

  it("shows a part as it is within the whole", () => {
    const [map, view] = [gridOf(6, 6), { x: 0, y: 0, width: 12, height: 12 }];
    const whole = enlarged(map, view, partOf(12, 12), { width: 48, height: 48 });
    const part = enlarged(map, view, { x: 3, y: 6, width: 5, height: 4 }, { width: 20, height: 16 });
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 20; x++) expect(part[20 * y + x]).toBeCloseTo(whole[48 * (24 + y) + 12 + x] as number, 5);
  });
});
