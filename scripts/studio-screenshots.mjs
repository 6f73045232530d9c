// Makes the pictures of the studio in docs/images, in headless Chromium: node scripts/studio-screenshots.mjs [NAME...]
// Build first (npm run build). Takes about two minutes.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { findChromium } from "./find-chromium.mjs";

const LIMN = fileURLToPath(new URL("../packages/cli/bin/limn.js", import.meta.url));
const IMAGES = fileURLToPath(new URL("../docs/images/", import.meta.url));
const SIZE = { width: 1440, height: 900 };

/** How each picture comes about, from the page as it is first visited. */
const PICTURES = {
  studio: async (page) => {
    await page.getByRole("button", { name: "Side by side" }).click();
    const map = page.locator("main .map-canvas").nth(1);
    await allMade(page);
    const { x, y, width, height } = await map.boundingBox();
    await page.mouse.move(x + 0.45 * width, y + 0.68 * height);
  },
  "studio-truth": async (page) => {
    await view(page, "Truth");
    await page.getByRole("button", { name: "Hide what the map shows" }).click();
    await page.getByText("deletion AUC").waitFor();
    await page.getByRole("slider", { name: "Hidden" }).focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await page.locator("h1").click();
  },
  "studio-class-model": async (page) => {
    await page.locator(".class-name", { hasText: "elephant" }).click();
    await view(page, "Class model");
    await page.getByText("ready after").waitFor();
  },
  "studio-models": async (page) => {
    await view(page, "Two models");
    await page.getByRole("button", { name: /^scenes-vgg/ }).click();
    await page.locator(".both-say").waitFor();
  },
  "studio-sheet": async (page, scenes) => {
    await page.getByRole("button", { name: "Add a photo" }).click();
    await page.locator('input[aria-label="Photos"]').setInputFiles(scenes);
    await page.getByText(new RegExp(`^${scenes.length + 1} photos$`)).waitFor();
  },
  "studio-mistakes": async (page) => {
    await view(page, "Mistakes");
    await page.locator(".gallery-picture canvas").nth(15).waitFor();
    // thumbnails are drawn one after the other
    await page.waitForTimeout(5000);
  },
  "studio-mistake": async (page) => {
    await view(page, "Mistakes");
    await page.locator(".gallery-picture").first().click();
    await page.locator(".trail").waitFor();
  },
};

const view = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Waits until all maps are made, and painted. */
async function allMade(page) {
  await page.locator("main canvas, main img").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("main [data-stale], main .working"));
  await page.waitForTimeout(1500);
}

const folder = mkdtempSync(join(tmpdir(), "limn-screenshots-"));
const limn = (...words) => spawn(process.execPath, [LIMN, ...words], { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve) => {
  limn("scenes", "--count", "40", "--seed", "7", "--out", join(folder, "scenes")).once("exit", resolve);
});
const images = join(folder, "scenes/images");
const scenes = readdirSync(images, { recursive: true })
  .filter((name) => name.endsWith(".png"))
  .map((name) => join(images, name));

const server = limn("studio", "scenes-resnet", "--data", "scenes:120", "--out", join(folder, "scenes-120"));
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
try {
  const address = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(`${text}`.trim())));
  const wanted = process.argv.slice(2);
  for (const [name, come] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const context = await browser.newContext({ viewport: SIZE, colorScheme: "light" });
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    await page.goto(address);
    await page.locator(".scale").first().waitFor();
    await come(page, scenes);
    await allMade(page);
    const picture = sharp(await page.screenshot()).webp({ quality: 85, smartSubsample: true });
    await picture.toFile(join(IMAGES, `${name}.webp`));
    console.log(name);
    await context.close();
  }
} finally {
  await browser.close();
  server.kill("SIGINT");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(folder, { recursive: true });
}
