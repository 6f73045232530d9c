import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../classifier.js";
import type { Combination } from "../methods/method.js";
import { classifierOf, runtime } from "../testing/explaining.js";
import { channelsLast, multiLabel, NetworkWriter, residual } from "../testing/networks.js";
import { type Climb, type Imagined, type ImagineOptions, Imaginer } from "./imagine.js";

const UNIT = { rescale: 1 / 255, mean: [0.5], std: [0.25], channels: "rgb" } as const;

/** Likes red at the left and blue at the right: y_0 = 4 (mean red of the left half + mean blue of the right half). */
function redAndBlue(): Uint8Array {
  const net = new NetworkWriter("red and blue", [1, 3, 8, 8]);
  const weights = Array.from({ length: 2 * 192 }, (_, i) => {
    const [c, x] = [Math.floor((i % 192) / 64), i % 8];
    const liked = c === 0 ? x < 4 : c === 2 && x >= 4;
    return i < 192 && liked ? 1 / 8 : 0;
  });
  const w = net.constant("w", [2, 192], weights);
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", net.image), w], { transB: 1 }));
}

async function imagine(
  bytes: Uint8Array,
  options: ImagineOptions,
  target: number | Combination = 0,
  preprocessing: object = UNIT,
  load: LoadOptions = {},
) {
  const climb: Climb[] = [];
  const imaginer = await Imaginer.create(
    await classifierOf(bytes, load),
    runtime,
    { ...UNIT, ...preprocessing },
    options,
  );
  try {
    const picture = await imaginer.imagine(target, { onStep: (at) => void climb.push(at) });
    return { ...picture, climb };
  } finally {
    await imaginer.release();
  }
}

describe("Imaginer", () => {
  it.each<ImagineOptions>([
    { parameters: "pixels" },
    { parameters: "fourier" },
    { parameters: "pixels", optimizer: "plain", start: "zeros", rate: 0.2 },
  ])("finds the picture that a score likes best: %j", async (options) => {
    const { rgb } = await imagine(redAndBlue(), { steps: 120, rate: 0.1, jitter: 0, zoom: 0, decay: 0, ...options });
    const mean = (channel: number, left: boolean) => {
      const values = [...rgb].filter((_, i) => i % 3 === channel && Math.floor(i / 3) % 8 < 4 === left);
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    // natural colors vary less between red and blue than the pixels may
    const contrast = options.parameters === "fourier" ? 10 : 60;
    expect(mean(0, true)).toBeGreaterThan(mean(0, false) + contrast);
    expect(mean(2, false)).toBeGreaterThan(mean(2, true) + contrast);
  });

  it.each([
    ["residual", residual],
    ["multi-label", multiLabel],
    ["channels last", channelsLast],
  ])("raises the logit of any class: %s", async (_, make) => {
    for (const target of [0, 3]) {
      const first = await imagine(make(), { steps: 1 }, target);
      const last = await imagine(make(), { steps: 40 }, target);
      expect(last.logit).toBeGreaterThan(first.logit);
      expect(last.probability).toBeGreaterThan(0);
      expect(last.rgb).toHaveLength(3 * last.width * last.height);
      expect(last.climb).toHaveLength(40);
    }
  });

  it.each<Combination>([
    { kind: "against", of: 1 },
    { kind: "difference", of: 1, other: 3 },
    { kind: "rest", of: 1 },
    { kind: "probability", of: 1 },
  ])("raises a combination: %j", async (combination) => {
    const first = await imagine(residual(), { steps: 1 }, combination);
    const last = await imagine(residual(), { steps: 40 }, combination);
    expect(last).toMatchObject({ target: 1, combination });
    expect(last.value).toBeGreaterThan(first.value);
    if (combination.kind === "against") expect(last.value).toBeCloseTo(-last.logit, 5);
    if (combination.kind === "probability") expect(last.value).toBeCloseTo(last.probability, 6);
  });

  it("raises and lowers a regression's value", async () => {
    const net = new NetworkWriter("value", [1, 3, 8, 8]);
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.image), [192, 1]));
    const options = { steps: 20, jitter: 0, zoom: 0 };
    const up = await imagine(bytes, options, 0, {}, { names: 0 });
    const down = await imagine(bytes, options, { kind: "against", of: 0 }, {}, { names: 0 });
    expect(up.value).toBe(up.logit);
    expect(down.logit).toBeLessThan(up.logit);
  });

  it("makes the same picture of the same seed, and another one of another", async () => {
    const [one, again, other] = await Promise.all([7, 7, 8].map((seed) => imagine(residual(), { steps: 10, seed })));
    expect(again?.rgb).toEqual(one?.rgb);
    expect(other?.rgb).not.toEqual(one?.rgb);
  });

  it("shows the picture on the way", async () => {
    const frames: Uint8Array[] = [];
    const imaginer = await Imaginer.create(await classifierOf(residual()), runtime, UNIT, { steps: 6 });
    const { rgb } = await imaginer.imagine(1, {
      onStep: async ({ step, picture }) => {
        if (step % 3 === 0) frames.push((await picture()).rgb);
      },
    });
    await imaginer.release();
    expect(frames).toHaveLength(2);
    expect(frames[1]).toEqual(rgb);
    expect(frames[0]).not.toEqual(rgb);
  });

  const roughness = ({ rgb, width }: { rgb: Uint8Array; width: number }) =>
    rgb.reduce((sum, v, i) => sum + (i >= 3 * width ? (v - (rgb[i - 3 * width] as number)) ** 2 : 0), 0);

  it("gives smoother pictures with a steeper falloff", async () => {
    const [natural, smooth] = await Promise.all([1, 2].map((falloff) => imagine(residual(), { steps: 10, falloff })));
    expect(roughness(smooth as Imagined)).toBeLessThan(roughness(natural as Imagined));
  });

  it("gives smoother pictures with total variation", async () => {
    const options = { steps: 30, parameters: "pixels" } as const;
    const plain = await imagine(residual(), options);
    const smooth = await imagine(residual(), { ...options, variation: 5 });
    expect(roughness(smooth)).toBeLessThan(roughness(plain));
  });

  it("exchanges red and blue for models that take them so", async () => {
    const { rgb } = await imagine(redAndBlue(), { steps: 60, rate: 0.2, parameters: "pixels", jitter: 0, zoom: 0 }, 0, {
      channels: "bgr",
    });
    // what the model calls its first channel, liked at the left, is blue
    expect(rgb[2]).toBeGreaterThan((rgb[0] as number) + 40);
  });

  it.each([
    [{ steps: 0 }, /steps = 0/],
    [{ rate: -1 }, /rate = -1/],
    [{ parameters: "wavelets" }, /parameters = "wavelets"/],
    [{ step: 3 }, /options/],
  ])("refuses %j", async (options, message) => {
    await expect(imagine(residual(), options as ImagineOptions)).rejects.toThrow(message);
  });

  it("refuses a class that is not there, and stops at a signal", async () => {
    await expect(imagine(residual(), { steps: 2 }, 99)).rejects.toThrow(/target 99: the model has 5 classes/);
    const far = { kind: "difference", of: 0, other: 9 } as const;
    await expect(imagine(residual(), { steps: 2 }, far)).rejects.toThrow(/target 9: the model has 5 classes/);
    const imaginer = await Imaginer.create(await classifierOf(residual()), runtime, UNIT, { steps: 100 });
    const stop = new AbortController();
    const climb = imaginer.imagine(0, { signal: stop.signal, onStep: ({ step }) => void (step === 5 && stop.abort()) });
    await expect(climb).rejects.toThrow(/abort/);
    await imaginer.release();
  });
});
