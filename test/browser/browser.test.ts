import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomNumbers } from "../../packages/core/src/testing/random.js";
import { convolutionalClassifier, IMAGE_SHAPE } from "../../packages/core/src/testing/small-models.js";
import { contractModels, runtimeContract } from "../runtime/contract.js";
import { gradCamOf, type Subject } from "../runtime/grad-cam.js";
import { type OpenPage, openPage } from "./chromium.js";
import type { LimnPage } from "./page.js";

/** What page.ts puts there; only functions that run in the page may read it. */
declare const limn: LimnPage;

let browser: OpenPage;

beforeAll(async () => {
  browser = await openPage();
}, 120_000);

afterAll(() => browser?.close());

runtimeContract("onnxruntime-web", (index) =>
  browser.page.evaluate(([i, models]) => limn.check(i, models), [index, contractModels] as const),
);

it("gives ONNX Runtime threads", async () => {
  await browser.page.evaluate((models) => limn.check(0, models), contractModels);
  expect(await browser.page.evaluate("crossOriginIsolated")).toBe(true);
  expect(browser.page.workers()).not.toHaveLength(0);
});

describe("Grad-CAM in the browser is Node's", () => {
  it("on a small network", async () => {
    const next = randomNumbers("small image");
    const image = Float32Array.from({ length: IMAGE_SHAPE.reduce((n, d) => n * d) }, () => 2 * next() - 1);
    await compare({ location: "small.onnx", bytes: convolutionalClassifier(), shape: IMAGE_SHAPE, image });
  });

  const assets = process.env.LIMN_ASSETS;
  it.skipIf(!assets)(`on SqueezeNet 1.1${assets ? "" : " (LIMN_ASSETS is not set)"}`, async () => {
    const read = (...path: string[]) => readFileSync(join(assets as string, ...path));
    const input = read("refs", "squeezenet1.1.input.f32");
    await compare({
      location: "squeezenet1.1.onnx",
      bytes: new Uint8Array(read("models", "squeezenet1.1.onnx")),
      shape: [1, 3, 224, 224],
      image: new Float32Array(new Uint8Array(input).buffer),
    });
  });
});

async function compare(subject: Subject): Promise<void> {
  const inNode = await gradCamOf(subject, onnxRuntime({ threads: 1 }));
  const inPage = await browser.page.evaluate((s) => limn.gradCam(s), subject);
  const largest = Math.max(...inNode.map);
  expect(largest).toBeGreaterThan(0);
  expect(inPage.target).toBe(inNode.target);
  expect(inPage.map).toHaveLength(inNode.map.length);
  const distance = Math.max(...inNode.map.map((v, i) => Math.abs(v - (inPage.map[i] as number))));
  expect(distance / largest).toBeLessThan(1e-4);
}
