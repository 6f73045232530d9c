import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runConfusion, tableOf } from "@limn/evaluate";
import { onnxRuntime } from "@limn/node";
import { nativePlatform, serveStudio, Workbench } from "@limn/studio";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenPage, openStudio } from "./chromium.js";
import { seen } from "./seen.js";
import { violations } from "./violations.js";

const MODEL = "scenes-resnet";
const MISTAKES = ".gallery-picture";

let folder: string;
let opened: OpenPage;
let page: Page;
/** How many of the pictures are called something else than they are. */
let wrong: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "limn-mistakes-"));
  const runtime = onnxRuntime({ threads: 1 });
  const choice = { model: MODEL, classifier: {}, data: { data: "scenes:60" }, workers: 0, folder };
  const subject = await runConfusion(choice, runtime);
  const { items } = await tableOf(subject.log);
  wrong = items.filter(({ labels, predicted }) => !labels.includes(predicted)).length;
  const platform = nativePlatform(runtime, {
    models: [MODEL],
    evaluations: [{ name: "scenes", model: MODEL, subject, items, maps: [] }],
  });
  const serve = (page: string) => serveStudio(new Workbench(platform), { page });
  opened = await openStudio(serve);
  ({ page } = opened);
  page.setDefaultTimeout(60_000);
}, 240_000);

afterAll(async () => {
  await opened?.close();
  await rm(folder, { recursive: true });
});

const trail = () => page.locator(".trail").textContent();

it("shows what the model gets wrong, the most confident first", async () => {
  await page.getByRole("button", { name: "Mistakes" }).click();
  await page.locator(MISTAKES).first().waitFor();
  expect(wrong).toBeGreaterThan(1);
  await seen(() => page.locator(".question").textContent()).toContain(`in ${wrong} of 60 pictures of scenes`);
  await seen(() => page.locator(".group-bar h2").textContent()).toBe(`All mistakes ${wrong}`);
  const sure = (await page.locator(".gallery-called .faint").allTextContents()).map(Number.parseFloat);
  expect(sure).toEqual(sure.toSorted((a, b) => b - a));
});

it("goes by keys from a cell of the matrix to its pictures, to one of them, and back to it", async () => {
  const cell = page.locator('.matrix-cell[tabindex="0"]');
  await cell.focus();
  const name = (await cell.getAttribute("aria-label")) as string;
  await page.keyboard.press("Enter");
  await seen(() => page.locator(".group-bar h2").textContent()).toBe(name.replace(": ", " "));
  await page.getByRole("button", { name: "All mistakes" }).click();
  await page.locator(MISTAKES).first().focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-picture") === "1");
  await page.keyboard.press("Enter");
  await page.locator(".trail").waitFor();
  await seen(trail).toMatch(new RegExp(`2 of ${wrong}labeled .*, taken for `));
  await page.waitForFunction(() => !document.querySelector("main [data-stale]"));
  const [truth, called] = await page
    .locator("main .cell-name")
    .evaluateAll((all) => [all[2]?.textContent, all[1]?.textContent]);
  await seen(() => page.locator("main .cell-name").last().textContent()).toBe(`${called} − ${truth}`);
  await page.getByRole("button", { name: "Previous picture" }).click();
  await page.waitForFunction((all) => document.querySelector(".trail")?.textContent?.includes(`1 of ${all}`), wrong);
  await page.locator(".trail button").first().click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-picture") === "0");
});

it.each(["light", "dark"] as const)("axe finds nothing to complain of, %s", async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  expect(await violations(page)).toEqual([]);
});
