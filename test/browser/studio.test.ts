import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { onnxRuntime, PictureExplainer, readNpy } from "@limn/node";
import type { Download, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenPage, openStudio } from "./chromium.js";
import { seen, text } from "./seen.js";
import { violations } from "./violations.js";

const STUDIO = fileURLToPath(new URL("../../packages/studio/", import.meta.url));
const PHOTO = `${STUDIO}pictures/cat-and-dog.png`;

let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  // what is kept for later visits is the subject of studio-offline.test.ts
  opened = await openStudio(undefined, { serviceWorkers: "block" });
  ({ page } = opened);
  page.setDefaultTimeout(60_000);
}, 240_000);

afterAll(() => opened?.close());

/** What screen readers say of the pictures that are shown, once all of them are made. */
async function pictures(): Promise<string[]> {
  await page.waitForFunction("!document.querySelector('main [data-stale]')");
  return page.locator("main .cell canvas").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
}

const heading = () => text(page.locator("h1"));

/** Drops files on the page, by names and contents. */
const drop = (files: Readonly<Record<string, string>>, clientX = 300, clientY = 300) =>
  page.evaluate(`{
    const dataTransfer = new DataTransfer();
    for (const [name, text] of ${JSON.stringify(Object.entries(files))}) dataTransfer.items.add(new File([text], name));
    const at = { clientX: ${clientX}, clientY: ${clientY}, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, ...at }));
  }`);

it("shows a photo that is already explained when it is first visited", async () => {
  await seen(heading).toBe("Why dog?");
  await seen(pictures).toEqual(["The photo cat-and-dog.png", "Grad-CAM for dog, strongest lower"]);
  await seen(() => text(page.locator(".class-name").first())).toMatch(/^dog48\.\d %$/);
});

it("sends little before it", async () => {
  await page.getByRole("slider", { name: "Threshold" }).waitFor();
  // the look bar, and what it is made of, is asked for a while after the picture is there
  const later = await page.evaluate(() => {
    const files = performance.getEntriesByType("resource");
    const bar = files.find(({ name }) => name.includes("/LookBar"));
    return files.filter(({ startTime }) => bar && startTime > bar.startTime - 100).map(({ name }) => name);
  });
  expect(later.length).toBeGreaterThan(1);
  // ONNX Runtime's own scripts and threads are another matter
  const isCounted = (address: string) => !/\/ort[^/]*$/.test(address) && !later.includes(address);
  const own = [...new Set(opened.scripts)].filter(isCounted);
  const sizes = own.map(async (address) => gzipSync(await (await page.request.get(address)).body()).length);
  const sum = (await Promise.all(sizes)).reduce((all, size) => all + size, 0);
  expect(own.length).toBeGreaterThan(3);
  // most of it is core in the worker, and React
  expect(sum).toBeLessThan(250_000);
});

describe("asking", () => {
  it("shows the map of the class that keys go to, and of the one that is pointed at", async () => {
    await page.locator(".class-name").first().focus();
    await page.keyboard.press("ArrowDown");
    await seen(heading).toBe("Why cat?");
    await seen(async () => (await pictures())[1]).toBe("Grad-CAM for cat, strongest upper");
    await seen(() => page.evaluate("document.activeElement.textContent")).toContain("cat");
    await page.locator(".class-name", { hasText: "dog" }).hover();
    await seen(heading).toBe("Why dog?");
    await page.mouse.move(400, 400);
    await seen(heading).toBe("Why cat?");
  });

  it("compares with pinned classes, and shows the difference", async () => {
    await page.locator(".class-name", { hasText: "cat" }).focus();
    await page.keyboard.press("ArrowUp");
    // at once, while the pointer is still on the pinned class
    await page.getByRole("button", { name: "Compare cat" }).click();
    await seen(async () => (await pictures()).slice(1)).toEqual([
      "Grad-CAM for dog, strongest lower",
      "Grad-CAM for cat, strongest upper",
      "Grad-CAM for dog minus that for cat, more for dog lower",
    ]);
    await page.getByRole("button", { name: "Compare cat" }).click();
    await seen(pictures).toHaveLength(2);
  });

  it("shows methods side by side, under one crosshair that keys move", async () => {
    await page.getByRole("button", { name: "Side by side" }).click();
    await seen(pictures).toHaveLength(5);
    await page.locator("main .map-canvas").nth(1).focus();
    for (const key of ["ArrowDown", "ArrowRight", "+"]) await page.keyboard.press(key);
    await seen(() => page.locator(".crosshair:not([hidden])").count()).toBe(5);
    const values = await page.locator(".scale-value").allTextContents();
    expect(values.map(Number).filter(Number.isFinite)).toHaveLength(4);
    await seen(() => text(page.getByRole("button", { name: "show all of the photo" }))).toMatch(/^150 %/);
    await page.keyboard.press("0");
    await page.getByRole("button", { name: "Side by side" }).click();
  });

  it("says how much of the map lies above a threshold, and how well that fits a box", async () => {
    await page.getByRole("slider", { name: "Threshold" }).focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp");
    const inside = page.locator(".inside");
    await seen(() => text(inside)).toMatch(/^\d+ % of the map in \d+ % of the photo$/);
    await page.locator("main .map-canvas").nth(1).focus();
    await page.keyboard.press("b");
    for (const key of ["Shift+ArrowDown", "Shift+ArrowRight", "b"]) await page.keyboard.press(key);
    await seen(() => text(inside)).toMatch(/IoU with the box 0\.\d\d$/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Mark an outline" }).click();
    const { x = 0, y = 0, width = 0 } = (await page.locator("main .map-canvas").nth(1).boundingBox()) ?? {};
    await page.mouse.move(x + 0.2 * width, y + 0.4 * width);
    await page.mouse.down();
    for (const [right, down] of [
      [0.8, 0.5],
      [0.3, 0.8],
    ] as const)
      await page.mouse.move(x + right * width, y + down * width, { steps: 4 });
    await page.mouse.up();
    await seen(() => text(inside)).toMatch(/\d+ % of the map in the outline, IoU with the outline 0\.\d\d$/);
    await page.getByRole("button", { name: "Take the mark away" }).click();
    await page.getByRole("button", { name: "Mark an outline" }).click();
    await page.getByRole("slider", { name: "Threshold" }).focus();
    await page.keyboard.press("Home");
  });
});

it("shows every stage, and the slider goes from one to the next", async () => {
  await page.getByRole("button", { name: "Depth" }).click();
  await page.getByRole("slider", { name: "Stage" }).focus();
  await page.keyboard.press("Home");
  await seen(() => text(page.locator(".question"))).toContain("stage1: 64 × 64 places");
  await pictures();
  await seen(() => page.locator(".stages canvas").count()).toBe(4);
});

it("goes back and forth between views, with what was asked there", async () => {
  await page.getByRole("button", { name: "Why" }).click();
  const view = () => text(page.locator(".views [aria-current]"));
  await seen(view).toBe("Why");
  await page.goBack();
  await seen(view).toBe("Depth");
  await page.goForward();
  await seen(view).toBe("Why");
  await seen(async () => (await pictures())[1]).toMatch(/^Grad-CAM for dog, /);
});

describe("the address", () => {
  it("holds what is asked, and brings one back to it", async () => {
    await page.waitForFunction("location.hash.includes('layer=stage1')");
    const hash: string = await page.evaluate("location.hash");
    expect(hash).toMatch(
      /^#view=why&model=scenes-resnet,[0-9a-f]{12}&photo=cat-and-dog,[0-9a-f]{12}&class=dog&method=grad-cam&layer=stage1$/,
    );
    await page.goto(page.url().replace(/#.*/, "").concat("?again", hash.replace("class=dog", "class=fish")));
    await page.waitForSelector(".scale");
    await seen(heading).toBe("Why fish?");
    await seen(() => text(page.locator(".cell-title").nth(1))).toContain("stage1");
  });

  it("is the person's if they change it just before the page would", async () => {
    await page.evaluate(`{
      const hash = location.hash.replace(/&class=[^&]*/, "") + "&class=bird";
      document.querySelectorAll(".class-name")[2].click();
      location.hash = hash;
    }`);
    await page.waitForFunction("document.querySelector('h1').textContent === 'Why bird?'");
    // longer than the page waits before it writes the address
    await page.waitForTimeout(400);
    await seen(() => page.evaluate("location.hash")).toContain("class=bird");
  });

  it("leads to the test of truth, and to the node of the network, that was looked at", async () => {
    await page.evaluate("location.hash = location.hash.replace(/view=\\w+/, 'view=truth') + '&test=sanity&node=3'");
    await seen(() => text(page.getByRole("button", { name: "Random weights", pressed: true }))).toBe("Random weights");
    await page.getByRole("button", { name: "Network" }).click();
    const facts = () => page.locator(".network-node-facts").getAttribute("aria-label");
    await seen(facts).toBe("stage1/conv1/relu");
    await page.getByRole("button", { name: /^stage2/ }).click();
    await seen(() => page.evaluate("location.hash")).toMatch(/&test=sanity&node=\d\d/);
    await page.goBack();
    await page.getByRole("button", { name: "Hide by hand" }).click();
    await page.getByRole("button", { name: "Why" }).click();
  });

  it("says what it is about if that is not here", async () => {
    await page.evaluate("location.hash = '#model=mine.onnx,0123456789ab&class=dog'");
    await page.getByText("This address is about the model mine.onnx: open its file to see the same.").waitFor();
    await page.getByRole("button", { name: "Close this message" }).first().click();
  });
});

describe("opening", () => {
  it("refuses what the command line refuses, in its words, where it was dropped; what was open stays", async () => {
    await drop({ "broken.onnx": "this is no model" }, 420, 300);
    const notice = page.locator(".notice");
    await notice.waitFor();
    await seen(() => text(notice)).toMatch(/^broken\.onnx: .*\S/);
    await seen(() => notice.boundingBox()).toMatchObject({ x: 420, y: 300 });
    await notice.getByRole("button").click();
    await drop({ "<img src=x onerror=alert(1)>.png": "no picture" });
    await notice.waitFor();
    await seen(() => text(notice)).toContain("<img src=x onerror=alert(1)>.png");
    await notice.getByRole("button").click();
    await seen(pictures).toHaveLength(2);
  });

  it("says all that is wrong with what is dropped, one below the other, until something else is dropped", async () => {
    const notices = page.locator(".notice");
    await drop({ "one.png": "no picture", "two.png": "none either" }, 420, 300);
    await seen(() => notices.count()).toBe(2);
    const [one, two] = [await notices.first().boundingBox(), await notices.last().boundingBox()];
    expect(two?.y).toBeGreaterThanOrEqual((one?.y ?? 1e4) + (one?.height ?? 0));
    await drop({ "three.png": "no picture" });
    await seen(() => notices.allInnerTexts()).toEqual([expect.stringMatching(/^three\.png: /)]);
    await notices.getByRole("button").click();
  });

  it("takes another preprocessing at once", async () => {
    const certainty = () => text(page.locator(".class-number").first());
    const before = await certainty();
    const becomes = (is: (certainty: string) => boolean) => expect.poll(certainty, { timeout: 30_000 }).toSatisfy(is);
    await page.locator(".model-button").click();
    await page.getByLabel("Preprocessing").selectOption("raw");
    await becomes((certainty) => certainty !== before);
    await page.getByLabel("Preprocessing").selectOption("found");
    await becomes((certainty) => certainty === before);
    await page.keyboard.press("Escape");
  });
});

/** What the browser saves if one of the kinds of files is chosen. */
async function taken(kind: string): Promise<Download> {
  const download = page.waitForEvent("download");
  await page.locator(".take-kinds button", { hasText: kind }).click();
  return download;
}

it("gives away what Node makes", async () => {
  await page.getByRole("button", { name: "Take away" }).click();
  const download = await taken(".npy");
  expect(download.suggestedFilename()).toMatch(/^cat-and-dog\.\w+\.grad-cam.*\.npy$/);
  const { dims, data } = readNpy(await download.path());
  const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime({ threads: 1 }), {
    methods: ["grad-cam"],
    targets: [download.suggestedFilename().split(".")[1] as string],
  });
  const [explanation] = await explainer.explain(PHOTO);
  await explainer.release();
  const { values, shape } = explanation?.maps[0]?.raw ?? { values: new Float32Array(), shape: [] };
  expect(dims).toEqual(shape);
  const largest = Math.max(...values);
  const worst = Math.max(...values.map((v, i) => Math.abs(v - Number(data[i]))));
  expect(worst / largest).toBeLessThan(1e-4);
  const sheet = await taken("PNG");
  expect(
    readFileSync(await sheet.path())
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  await seen(() => text(page.locator(".take section", { hasText: "In the terminal" }).locator("pre"))).toMatch(
    /^limn explain scenes-resnet cat-and-dog\.png --target/,
  );
  await page.keyboard.press("Escape");
}, 120_000);

it("imagines a class while one watches, stops, and asks about what it has", async () => {
  await page.getByRole("button", { name: "Class model" }).click();
  const said = page.locator(".imagine figcaption");
  await page.locator(".imagined canvas").waitFor();
  await seen(() => text(said)).toMatch(/^step \d+ of \d+, the model is \d+\.\d % sure$/);
  await page.getByRole("button", { name: "Stop" }).click();
  await seen(() => text(said)).toMatch(/^stopped at step/);
  await page.getByRole("button", { name: "Ask why about it" }).click();
  await seen(() => text(page.locator(".views [aria-current]"))).toBe("Why");
  await seen(async () => (await pictures())[0]).toMatch(/^The photo .*, imagined\.png$/);
  await page.getByRole("button", { name: /^Close .*imagined/ }).click();
});

/** What is done to see each view, and each popup. */
const SCENES: Readonly<Record<string, () => Promise<unknown>>> = {
  Why: async () => {
    await show("Why");
    await page.getByRole("button", { name: "Side by side" }).click();
    await page.getByRole("button", { name: "Compare cat" }).click();
    await pictures();
  },
  "All methods": () => page.getByRole("button", { name: "All methods" }).click(),
  Depth: async () => {
    await page.keyboard.press("Escape");
    await show("Why");
    await page.getByRole("button", { name: "Compare cat" }).click();
    await page.getByRole("button", { name: "Side by side" }).click();
    await show("Depth");
    await pictures();
  },
  Truth: () => show("Truth"),
  "Hide what the map shows": () => show("Hide what the map shows"),
  "Random weights": () => show("Random weights"),
  Network: async () => {
    await show("Network");
    await page.locator(".network-node").first().waitFor();
  },
  "Class model": () => show("Class model"),
  "The model": async () => {
    await show("Why");
    await page.locator(".model-button").click();
    await page.locator(".model-panel").waitFor();
  },
  "Take away": async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Take away" }).click();
    await page.locator(".take").waitFor();
  },
  "Add a photo": async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add a photo" }).click();
    await page.locator(".add-photo").waitFor();
  },
};

/** Goes to a view or a part of one, and waits until it is there. */
async function show(name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.locator("main h1").waitFor();
}

describe("for everybody", () => {
  beforeAll(async () => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await show("Why");
  });

  it.each(Object.keys(SCENES))("axe finds nothing to complain of, light and dark: %s", async (name) => {
    await SCENES[name]?.();
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page, ["color-contrast"])).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  });

  it("moves nothing by itself if that is not wished for, even while it works", async () => {
    await page.keyboard.press("Escape");
    await show("Class model");
    await page.locator(".imagined .working").waitFor();
    expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    await show("Why");
  });

  it("leads by Tab through everything, in the order in which it is seen, and shows where one is", async () => {
    // focus that a program sets is seen only if keys were used last
    await page.keyboard.press("Tab");
    await page.locator(".skip").focus();
    const places: string[] = [];
    for (let i = 0; i < 60 && places.at(-1) !== "end"; i++) {
      places.push(
        await page.evaluate<string>(`{
          let one = document.activeElement;
          const place = one.closest(".skip, .header, .rail, main, .classes");
          const name = one.getAttribute("aria-label") ?? one.textContent;
          // a slider shows it at its thumb
          for (let i = 0; i < 3 && place && getComputedStyle(one).outlineStyle === "none"; i++) one = one.parentElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          if (!place) "end";
          else if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2) "unseen: " + name;
          else place.classList[0] ?? place.localName;
        }`),
      );
      await page.keyboard.press("Tab");
    }
    expect(places.filter((place, i) => place !== places[i - 1])).toEqual([
      "skip",
      "header",
      "rail",
      "main",
      "classes",
      "end",
    ]);
    // methods, two pictures, looks
    expect(places.filter((place) => place === "main").length).toBeGreaterThan(12);
  });

  it.each([360, 768, 1280, 2560])("nothing sticks out at %d pixels, in any view", async (width) => {
    await page.setViewportSize({ width, height: width === 1280 ? 800 : 900 });
    for (const name of ["Depth", "Truth", "Network", "Class model", "Why"]) {
      await show(name);
      await seen(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
    await pictures();
    const box = await page.locator("main canvas").last().boundingBox();
    expect(box?.width).toBeGreaterThan(140);
  });

  it("the view that one is in is named in sight, on a narrow page too", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.evaluate("location.hash = location.hash.replace(/view=\\w+/, 'view=mistakes')");
    const current = page.locator(".views [aria-current]");
    await seen(() => text(current)).toBe("Mistakes");
    await seen(async () => {
      const { x = -1, width = 0 } = (await current.boundingBox()) ?? {};
      return x >= 0 && x + width <= 360;
    }).toBe(true);
  });
});
