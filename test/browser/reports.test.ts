import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  claimsReport,
  runConfusion,
  runEvaluation,
  saveConfusion,
  saveEvaluation,
  saveSweepReport,
  testClaims,
} from "@limn/evaluate";
import { onnxRuntime, PictureExplainer, sweepOf } from "@limn/node";
import { CLASS_NAMES, SceneGenerator, scenePng } from "@limn/scenes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { barriers } from "../../site/check-accessibility.mjs";

const folder = mkdtempSync(join(tmpdir(), "limn-reports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const chromium = findChromium();
const runtime = onnxRuntime({ threads: 1 });

const PAGES = ["report.html", "confusion.html", "claims.html", "scene.sweep.html"];
const HOSTILE = '<img src=x onerror=alert(1)> & "others"';

async function writeReports(): Promise<void> {
  const labels = join(folder, "labels.json");
  writeFileSync(labels, JSON.stringify(CLASS_NAMES.map((name) => `${name} ${HOSTILE}`)));
  const mapping = join(folder, "mapping.json");
  writeFileSync(mapping, JSON.stringify(Object.fromEntries(CLASS_NAMES.map((name, index) => [name, index]))));
  const data = { data: "scenes:count=12,size=32" };
  const common = { model: "scenes-resnet", classifier: { labels }, data, mapping, workers: 0 } as const;
  const evaluation = await runEvaluation(
    {
      ...{ ...common, methods: ["grad-cam", "lrp"], target: "label", masking: {}, curves: undefined },
      ...{ shattering: false, sanity: { pictures: 2, seed: 0 }, folder: join(folder, "evaluation") },
    },
    runtime,
  );
  await saveEvaluation(evaluation, folder, runtime);
  const confusion = await runConfusion({ ...common, folder: join(folder, "confusion") }, runtime);
  await saveConfusion(confusion, folder, runtime, { shown: 1 });
  const claims = await testClaims(
    { models: ["scenes-resnet"], claims: [2], target: "label", count: 8, seed: 0 },
    runtime,
  );
  writeFileSync(join(folder, "claims.html"), claimsReport(claims));
  const picture = join(folder, "scene.png");
  writeFileSync(picture, await scenePng(await new SceneGenerator({ size: 32 }).scene(0)));
  const methods = ["grad-cam"];
  const explainer = await PictureExplainer.open("scenes-resnet", runtime, { methods, layers: ["stages"], labels });
  await saveSweepReport(explainer, await sweepOf(explainer, await explainer.explain(picture)), { folder });
  await explainer.release();
}

describe("reports", () => {
  beforeAll(writeReports, 120_000);

  it.each(PAGES)("are one file with the verdict as its heading, and load nothing: %s", (name) => {
    const html = readFileSync(join(folder, name), "utf8");
    expect(html).toMatch(/<body><header><p class="about">[^<]+<\/p><h1>[^<]+<\/h1><\/header><main>/);
    expect(html).not.toMatch(/(src|href)="(https?:|\/\/)|@import|url\((?!data:)/);
  });

  it("show labels as text, whatever they hold", () => {
    const html = readFileSync(join(folder, "confusion.html"), "utf8");
    // not `toContain`, which would print the whole page
    expect(html.includes("airplane &lt;img src=x onerror=alert(1)> &amp; ")).toBe(true);
    expect(html.includes("<img src=x")).toBe(false);
  });

  it("show pictures at once: only what has no pictures is folded", () => {
    for (const name of PAGES) {
      const folded = readFileSync(join(folder, name), "utf8").match(/<details.*?<\/details>/gs) ?? [];
      expect(folded.filter((part) => part.includes("<img"))).toEqual([]);
    }
  });

  it.skipIf(!chromium)(
    `have no barriers that axe finds, and are no wider than a screen${chromium ? "" : " (there is no Chromium)"}`,
    async () => {
      expect(await barriers(folder, PAGES, chromium as string)).toEqual([]);
    },
    120_000,
  );
});
