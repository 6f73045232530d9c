import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tooLarge } from "../../site/check-sizes.mjs";
import { type OpenPage, openStudio, type Served } from "./chromium.js";
import { seen } from "./seen.js";
import { StaticHost } from "./static-host.js";

let host: StaticHost;
let folder: string;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  const serve = (files: string): Promise<Served> => {
    folder = files;
    host = new StaticHost(files, "/some/deep/path/studio/");
    return host.start();
  };
  opened = await openStudio(serve);
  ({ page } = opened);
  page.setDefaultTimeout(60_000);
}, 240_000);

afterAll(() => opened?.close());

const heading = () => page.locator("h1").textContent();
const caches = () => page.evaluate<string[]>("caches.keys()");
const runtime = async () => {
  await page.locator(".model-button").click();
  const words = await page
    .locator(".model-panel")
    .getByText(/Limn \d/)
    .textContent();
  await page.keyboard.press("Escape");
  return words;
};

it("has no file that a host would refuse", () => {
  expect(tooLarge(folder)).toEqual([]);
});

it("has threads from a host that knows nothing of them, under any path", async () => {
  expect(page.url()).toContain("/some/deep/path/studio/");
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  expect(await runtime()).toMatch(/CPU by wasm, [2-4] threads/);
  await seen(heading).toBe("Why dog?");
});

it("explains without a network what it has kept at the first visit", async () => {
  // the page itself is kept last
  await expect.poll(() => page.evaluate("caches.match('./').then(Boolean)"), { timeout: 120_000 }).toBe(true);
  await host.stop();
  await page.reload();
  await page.waitForSelector(".scale");
  await seen(heading).toBe("Why dog?");
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await page.getByRole("button", { name: "Add a photo" }).click();
  await page.getByText("Two kinds of things").click();
  await page.waitForFunction(
    "document.querySelector('[aria-label^=\"The photo two-classes\"]') && !document.querySelector('main [data-stale]')",
  );
});

it("says what it keeps, and clears it", async () => {
  await page.locator(".model-button").click();
  const kept = page.locator(".kept");
  await seen(() => kept.locator("li").textContent()).toMatch(/^the studio itself2\d\.\d MBClear$/);
  await kept.getByRole("button", { name: /^Clear all, 2\d\.\d MB$/ }).click();
  await kept.waitFor({ state: "detached" });
  await seen(caches).toEqual([]);
  await seen(() => page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")).toBe(0);
  await page.keyboard.press("Escape");
});
