import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_MODELS } from "@limn/models";
import { onnxRuntime, PictureExplainer } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import { afterAll, expect, it } from "vitest";
import { openPage } from "./chromium.js";

const EXAMPLE = fileURLToPath(new URL("../../examples/in-a-web-page/", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "limn-web-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("examples/in-a-web-page explains what Node explains", async () => {
  const model = EMBEDDED_MODELS["scenes-resnet"].path;
  const picture = join(folder, "scene.png");
  writeFileSync(picture, await scenePng(await demoScene()));

  const explainer = await PictureExplainer.open(model, onnxRuntime({ threads: 1 }), {
    preprocess: "imagenet",
    methods: ["grad-cam"],
  });
  const [explanation] = await explainer.explain(picture);
  await explainer.release();

  const { page, close } = await openPage(EXAMPLE, "document.querySelector('#answer').value.startsWith('Choose')");
  try {
    await page.setInputFiles("#model", model);
    await page.setInputFiles("#picture", picture);
    await page.waitForFunction("!document.querySelector('#map').hidden", undefined, { timeout: 30_000 });
    const { index, probability } = explanation?.target ?? { index: -1, probability: 0 };
    const answer = await page.locator("#answer").textContent();
    expect(answer).toBe(`Class ${index}, ${(100 * probability).toFixed(1)} %`);
    const canvas = await page.evaluate("[document.querySelector('#map').width, document.querySelector('#map').height]");
    expect(canvas).toEqual([explanation?.picture.width, explanation?.picture.height]);
  } finally {
    await close();
  }
}, 120_000);
