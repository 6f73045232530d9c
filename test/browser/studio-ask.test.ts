import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runConfusion, saveConfusion } from "@limn/evaluate";
import { onnxRuntime } from "@limn/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenPage, openStudio } from "./chromium.js";
import { seen, text } from "./seen.js";
import { violations } from "./violations.js";

const STUDIO = fileURLToPath(new URL("../../packages/studio/", import.meta.url));
const PICTURES = ["one-object", "several-instances", "small-objects", "two-classes"];

let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  opened = await openStudio();
  ({ page } = opened);
  page.setDefaultTimeout(120_000);
}, 400_000);

afterAll(() => opened?.close());

const show = (view: string) => page.locator(".views").getByRole("button", { name: view }).click();
const hash = (): Promise<string> => page.evaluate("location.hash");

/** Waits until all maps are made. @returns what is written below the pictures */
async function captions(): Promise<string[]> {
  await page.waitForFunction("!document.querySelector('main [data-stale]')");
  return page.locator("main .cell-name").allTextContents();
}

describe("two models on one photo", () => {
  it("asks for the second one, and shows the same class by both, and the difference", async () => {
    await show("Two models");
    await page.locator(".no-other .list-button", { hasText: "scenes-vgg" }).click();
    await page.locator(".both-say").waitFor();
    await seen(captions).toEqual(["cat-and-dog.png", "scenes-resnet", "scenes-vgg", "scenes-resnet \u2212 scenes-vgg"]);
    const row = await text(page.locator(".both-say tbody tr").first());
    expect(row).toMatch(/^dog ?48\.\d % ?\d+\.\d % ?[+\u2212]\d+\.\d$/);
    await page.waitForFunction("location.hash.includes('with=scenes-vgg,')");
    await page.locator(".both-class", { hasText: "cat" }).click();
    await seen(() => text(page.locator("h1"))).toBe("Why cat, by two models?");
    await seen(captions).toHaveLength(4);
  });

  it("says which lines make the maps of each", async () => {
    await page.getByRole("button", { name: "Take away" }).click();
    await page.locator(".take pre").nth(2).waitFor();
    const lines = (await page.locator(".take pre").allTextContents()).join("\n");
    expect(lines).toMatch(/^limn explain scenes-resnet cat-and-dog\.png --target cat --method grad-cam$/m);
    expect(lines).toMatch(/^limn explain scenes-vgg cat-and-dog\.png --target cat --method grad-cam$/m);
    await page.keyboard.press("Escape");
  });

  it("keeps the second one if the first is chosen again, and refuses the same twice", async () => {
    await page.locator(".question").getByRole("button").click();
    await page.locator(".popup .list-button", { hasText: "scenes-resnet" }).click();
    const notice = page.locator(".notice");
    await notice.waitFor();
    await seen(() => text(notice)).toMatch(/^scenes-resnet is the model that is open already/);
    await notice.getByRole("button").click();
    await page.keyboard.press("Escape");
    await seen(async () => (await captions())[2]).toBe("scenes-vgg");
  });
});

describe("a scene", () => {
  it("is drawn from its seed, and the boxes of its things are known", async () => {
    await show("Why");
    await page.getByRole("button", { name: "Add a photo" }).click();
    await page.getByRole("button", { name: "Scene", exact: true }).click();
    for (const name of ["cat", "elephant"]) await page.locator(".scene-classes").getByText(name).click();
    await page.getByLabel("Seed").fill("7");
    await page.getByRole("button", { name: "Draw it" }).click();
    await page.getByRole("button", { name: "scene 7 of cat, elephant.png", exact: true }).waitFor();
    await seen(async () => (await captions())[0]).toBe("scene 7 of cat, elephant.png");
    const things = page.getByRole("group", { name: "Box around" });
    await seen(async () => (await things.getByRole("button").allTextContents()).sort()).toEqual(["cat", "elephant"]);
    await things.getByRole("button", { name: "cat" }).click();
    await seen(() => page.locator("main .drawn-region").count()).toBe(2);
    await seen(() => text(page.locator(".inside"))).toMatch(/^\d+ % of the map in the box$/);
    await page.getByRole("slider", { name: "Threshold" }).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp");
    await seen(() => text(page.locator(".inside"))).toMatch(
      /^\d+ % of the map in \d+ % of the photo, \d+ % of the map in the box, IoU with the box \d\.\d\d$/,
    );
    await page.keyboard.press("Home");
  });

  it("is drawn again from the address", async () => {
    await page.waitForFunction("location.hash.includes('photo=scene+7+of+cat')");
    const before = await hash();
    await page.getByRole("button", { name: "Close scene 7 of cat, elephant.png" }).click();
    await page.waitForFunction("!location.hash.includes('photo=scene')");
    await page.evaluate(`location.hash = ${JSON.stringify(before)}`);
    await page.getByRole("button", { name: "scene 7 of cat, elephant.png", exact: true }).waitFor();
    await captions();
    // the same pixels: there is no word of another file
    expect(await page.locator(".notice").count()).toBe(0);
  });
});

describe("all photos", () => {
  it("stand together if many are dropped, each with what it is taken for", async () => {
    const files = PICTURES.flatMap((name) => {
      const bytes = readFileSync(`${STUDIO}pictures/${name}.png`).toString("base64");
      return [0, 1].map((i) => [`${name}-${i}.png`, bytes]);
    });
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      for (const [name, text] of ${JSON.stringify(files)}) dataTransfer.items.add(new File([bytes(text)], name, { type: "image/png" }));
      dataTransfer.items.add(new File(["no picture"], "<b>no</b>.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    await page.waitForFunction("document.querySelector('.question p')?.textContent === '11 photos'");
    await seen(() => page.locator(".gallery-picture img").count()).toBe(10);
    await seen(() => page.locator(".gallery-failed").count()).toBe(1);
    await seen(() => page.locator(".rail-photo").count()).toBe(2);
  });

  it("are sorted, and one leads to the workbench and back to its place", async () => {
    await page.getByLabel("Order").selectOption("sure");
    const sure = async () => (await page.locator(".gallery-called .faint").allTextContents()).map(Number.parseFloat);
    await seen(sure).toSatisfy((all: number[]) => String(all) === String(all.toSorted((a, b) => b - a)));
    await page.locator(".gallery-picture").nth(2).click();
    await page.locator(".trail").waitFor();
    await seen(() => text(page.locator(".trail"))).toContain("3 of 11");
    const [name] = await captions();
    await page.getByRole("button", { name: "Next picture" }).click();
    await page.waitForFunction("document.querySelector('.trail')?.textContent.includes('4 of 11')");
    await page.getByRole("button", { name: "Previous picture" }).click();
    await page.waitForFunction("document.querySelector('.trail')?.textContent.includes('3 of 11')");
    await seen(async () => (await captions())[0]).toBe(name);
    await seen(() => page.locator(".rail-photo").count()).toBe(3);
    await page.locator(".trail button").first().click();
    await page.waitForFunction("document.activeElement?.getAttribute('data-picture') === '2'");
    await seen(hash).toContain("order=sure");
  });

  it("are taken away as one picture", async () => {
    await page.getByRole("button", { name: "Take away" }).click();
    const download = page.waitForEvent("download");
    await page.locator(".take-kinds button", { hasText: "PNG" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("photos.sheet.png");
    expect(
      readFileSync(await file.path())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    await seen(() => text(page.locator(".take pre").nth(1))).toMatch(/^limn explain scenes-resnet .*one-object-0\.png/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove the dropped photos" }).click();
    await page.waitForFunction("document.querySelector('.question p')?.textContent !== '11 photos'");
  });
});

describe("a folder of results", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "limn-results-"));
    const data = join(folder, "photos");
    for (const [name, label] of [
      ["cat-and-dog", "cat"],
      ["cat-and-dog", "dog"],
      ["one-object", "bicycle"],
    ])
      await cp(`${STUDIO}pictures/${name}.png`, join(data, `${label}/${name}.png`));
    const results = join(folder, "results");
    const choice = { model: "scenes-resnet", classifier: {}, data: { data }, workers: 0, folder: results };
    const runtime = onnxRuntime({ threads: 1 });
    await saveConfusion(await runConfusion(choice, runtime), results, runtime);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  it("is opened with its pictures, one of which leads to the workbench and back", async () => {
    await show("Mistakes");
    await page.getByLabel("Folder of results").setInputFiles(join(folder, "results"));
    await page.getByRole("heading", { name: "Where does scenes-resnet go wrong?" }).waitFor();
    await seen(() => text(page.locator(".pictures-wanted"))).toContain(join(folder, "photos"));
    await seen(() => page.locator(".gallery-failed").count()).toBeGreaterThan(0);
    await page.getByLabel("Folder of the pictures").setInputFiles(join(folder, "photos"));
    await page.waitForFunction("!document.querySelector('.pictures-wanted, .gallery-failed')");
    await page.getByRole("button", { name: "cat taken for dog: 1" }).click();
    await page.locator(".gallery-picture").first().click();
    await page.locator(".trail").waitFor();
    await seen(() => text(page.locator(".trail"))).toContain("1 of 1labeled cat, taken for dog");
    await seen(captions).toEqual(["cat-and-dog.png", "dog", "cat", "dog \u2212 cat"]);
    await page.locator(".trail button").first().click();
    await page.waitForFunction("document.activeElement?.getAttribute('data-picture') === '0'");
    await seen(() => text(page.locator(".group-bar h2"))).toBe("cat taken for dog 1");
  });
});

describe("the camera", () => {
  it("is explained while it moves, and a frame becomes a photo", async () => {
    await page.getByRole("button", { name: "Add a photo" }).click();
    await page.getByRole("button", { name: "Camera", exact: true }).click();
    await page.locator(".live canvas").waitFor();
    const bars = () => page.locator(".class-number").allTextContents();
    const before = await bars();
    await expect.poll(bars, { timeout: 60_000 }).not.toEqual(before);
    await seen(() => page.locator(".live canvas").getAttribute("aria-label")).toMatch(/^Grad-CAM for \w+, /);
    await page.getByRole("button", { name: "Take this photo" }).click();
    await page.locator("main .tiles .scale").first().waitFor();
    await seen(async () => (await captions())[0]).toMatch(/^camera \d\d-\d\d-\d\d\.png$/);
  });

  it("is off when it is left", async () => {
    await page.evaluate(`{
      const { getUserMedia } = navigator.mediaDevices;
      navigator.mediaDevices.getUserMedia = async (...all) => (globalThis.filming = await getUserMedia.apply(navigator.mediaDevices, all));
    }`);
    await page.getByRole("button", { name: "Add a photo" }).click();
    await page.getByRole("button", { name: "Camera", exact: true }).click();
    await page.locator(".live canvas").waitFor();
    await page.getByRole("button", { name: "Back to the photos" }).click();
    await page.waitForFunction("filming.getTracks().every(({ readyState }) => readyState === 'ended')");
    // what the model says of the photo is back
    await page.locator("main .tiles .scale").first().waitFor();
  });
});

describe("for everybody", () => {
  it.each(["light", "dark"] as const)("axe finds nothing to complain of, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const view of ["Two models", "All photos"]) {
      await show(view);
      await page.locator("h1").waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  it.each([360, 1440, 2560])("nothing sticks out at %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    for (const view of ["Two models", "All photos"]) {
      await show(view);
      await page.locator("h1").waitFor();
      await seen(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
  });
});
