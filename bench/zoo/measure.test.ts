import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeNpy } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { classifierOf, mapsOf, noise } from "../../packages/core/src/testing/explaining.js";
import { residual } from "../../packages/core/src/testing/networks.js";
// @ts-expect-error a script without types
import { judge } from "./judge.mjs";

const folder = mkdtempSync(join(tmpdir(), "limn-zoo-"));
afterAll(() => rmSync(folder, { recursive: true }));

const measured = (): Record<string, unknown> => {
  const script = fileURLToPath(new URL("measure.mjs", import.meta.url));
  const output = execFileSync(process.execPath, [script, folder, "--many"], { encoding: "utf8" });
  return JSON.parse(output.trim().split("\n").at(-1) as string);
};

describe("measure.mjs", () => {
  it("explains a small network by every method, and finds its gradient right", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const [gradient] = await mapsOf(classifier, [{ method: "saliency", options: { reduce: "none" } }], image, 1);
    // what the Python half leaves there
    writeFileSync(join(folder, "model.onnx"), residual());
    writeFileSync(join(folder, "input.npy"), encodeNpy(image.dims, image.data as Float32Array));
    writeFileSync(
      join(folder, "gradient.npy"),
      encodeNpy(gradient?.shape ?? [], gradient?.values ?? new Float32Array()),
    );
    writeFileSync(join(folder, "facts.json"), JSON.stringify({ target: 1, hasGradient: true }));
    expect(measured()).toMatchObject({
      methods: { saliency: null, lrp: null, rise: null },
      gradient: { verdict: "agrees", difference: expect.closeTo(0, 4) },
      layer: { signed: false },
      seconds: { load: expect.any(Number), compile: expect.any(Number), run: expect.any(Number) },
    });
  });

  it("says why ONNX Runtime does not run a file", () => {
    writeFileSync(join(folder, "model.onnx"), "nothing");
    expect(measured()).toEqual({ runtime: expect.stringContaining("Protobuf") });
  });
});

describe("judge", () => {
  const image = { data: Float32Array.of(1, 2, 3) };
  const score = async (x: Float32Array) => (x[0] as number) ** 2 + 3 * (x[1] as number) - (x[2] as number);
  const right = Float32Array.of(2, 3, -1);
  const wrong = Float32Array.of(2, 1, -1);

  it.each([
    ["agrees", { gradient: right, reference: right }],
    ["agrees", { gradient: right, reference: Float32Array.of(2, 3.1, -1), rounding: 0.02 }],
    ["steps agree", { gradient: right, reference: wrong, score }],
    ["steps agree", { gradient: right, score }],
    ["steps disagree", { gradient: wrong, reference: right, score }],
    ["between", { gradient: wrong, score }],
    [
      "kink",
      {
        gradient: Float32Array.of(1, 0, 0),
        reference: Float32Array.of(0, 0, 0),
        score: async (x: Float32Array) => Math.max(0, (x[0] as number) - 1),
      },
    ],
    [
      "between",
      {
        gradient: Float32Array.of(2, 0, 0),
        reference: Float32Array.of(0, 0, 0),
        score: async (x: Float32Array) => Math.max(0, (x[0] as number) - 1),
      },
    ],
    ["not decided", { gradient: wrong, reference: right }],
    ["not finite", { gradient: Float32Array.of(Number.NaN, 0, 0), reference: right, score }],
    ["no step settles it", { gradient: right, score: async (x: Float32Array) => Math.sign((x[0] as number) - 1) }],
  ])("%s", async (verdict, given) => {
    expect(await judge({ image, ...given })).toMatchObject({ verdict });
  });
});
