// How long the studio's page takes for what a person does, in Chromium: see README.md here.
//
//   npm run build && node bench/studio/page.mjs [--runs 15] [--model FILE.onnx] [--only TEXT]
//
// Writes page.json and page.md next to itself.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { runConfusion, tableOf as tableOfLog } from "../../packages/evaluate/dist/index.js";
import { onnxRuntime } from "../../packages/node/dist/index.js";
import { nativePlatform, serveStudio, Workbench } from "../../packages/studio/dist/index.js";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { median, rounded } from "../numbers.mjs";
import { machine, tableOf } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const PAGE = fileURLToPath(new URL("../../packages/studio/dist/page/", import.meta.url));
const THREADS = 2;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "15" },
    model: { type: "string" },
    only: { type: "string", default: "" },
  },
});
const runs = Number(values.runs);

const RESULTS = join(here, "page.json");

/** By what is measured: its figures, its unit and the goal. With --only, those of other cases are what was measured before. */
const results = values.only !== "" && existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")).results : {};

/** Notes a figure, and says it at once. */
function note(name, unit, samples, goal) {
  const sorted = samples.toSorted((a, b) => a - b);
  results[name] = {
    unit,
    median: rounded(median(samples)),
    least: rounded(sorted[0]),
    most: rounded(sorted.at(-1)),
    goal,
  };
  process.stderr.write(`${name}: ${JSON.stringify(results[name])}\n`);
}

// ---- the page, from two servers

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" };

/** The page's files as a static host with threads sends them; what has a hash in its name may be kept. */
async function staticHost() {
  const sent = new Set();
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://host").pathname;
    const file = join(PAGE, path === "/" ? "index.html" : path);
    const bytes = readFileSync(file);
    sent.add(path);
    response.writeHead(200, {
      "Content-Type": { ...TYPES, ".wasm": "application/wasm", ".svg": "image/svg+xml" }[extname(file)] ?? "",
      "Cache-Control": path.startsWith("/assets/") ? "max-age=31536000, immutable" : "no-cache",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    response.end(bytes);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { sent, address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** `limn studio`, with an evaluation of many pictures. */
async function nativeHost(pictures) {
  const folder = mkdtempSync(join(tmpdir(), "limn-bench-studio-"));
  const runtime = onnxRuntime({ threads: THREADS });
  const evaluations = [];
  if (pictures > 0) {
    const choice = {
      model: "scenes-resnet",
      classifier: {},
      data: { data: `scenes:${pictures}` },
      workers: 0,
      folder,
    };
    const subject = await runConfusion(choice, runtime);
    const { items } = await tableOfLog(subject.log);
    evaluations.push({ name: "scenes", model: "scenes-resnet", subject, items, maps: [] });
  }
  const served = await serveStudio(new Workbench(nativePlatform(runtime, { evaluations })), { page: PAGE });
  return {
    address: served.address,
    async close() {
      await served.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Runs in the page before its own scripts: notes when canvases are painted, when bars change, tasks that block, and what runs in long frames. */
function watch() {
  const seen = { painted: 0, said: 0, long: [], frames: [] };
  globalThis.benchSeen = seen;
  const observer = new MutationObserver((changes) => {
    const now = performance.now();
    for (const { target, attributeName } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      // a canvas that is painted is given its size; one that shows an old map does not count
      if (attributeName === "width" && element?.closest(".cell .map-canvas:not([data-stale])")) seen.painted = now;
      if (element?.closest(".class-number")) seen.said = now;
    }
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["width"] });
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) seen.long.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration, scripts } of list.getEntries()) {
      const parts = scripts.map(({ duration, invoker, sourceURL, sourceFunctionName }) =>
        [Math.round(duration), invoker, sourceURL.split("/").at(-1), sourceFunctionName].join(" "),
      );
      seen.frames.push([Math.round(duration), `at ${Math.round(startTime)}`, ...parts]);
    }
  }).observe({ type: "long-animation-frame", buffered: true });
}

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--enable-blink-features=ForceEagerMeasureMemory",
    // a camera that films a test picture, and asks nobody
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});

/** A page of its own, or another one in the same context, which shares what is cached. */
async function openPage(address, context, options = {}) {
  const own = context ?? (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options }));
  if (!context) await own.addInitScript(watch);
  const page = await own.newPage();
  page.setDefaultTimeout(120_000);
  page.on("pageerror", (error) => process.stderr.write(`${error.stack}\n`));
  await page.goto(address);
  await page.waitForSelector(".scale");
  return page;
}

/** Milliseconds from something that is done in the page until what `seen` says has happened since. */
const timeUntil = (page, what, act, argument) =>
  page.evaluate(
    async ([what, act, argument]) => {
      const seen = globalThis.benchSeen;
      const start = performance.now();
      // biome-ignore lint/security/noGlobalEval: it is a function of this file
      eval(`(${act})`)(argument);
      while (seen[what] <= start) {
        if (performance.now() - start > 60_000) throw new Error(`nothing is ${what}`);
        await new Promise((done) => setTimeout(done));
      }
      return seen[what] - start;
    },
    [what, String(act), argument],
  );

/** Nothing is being made any more. */
const quiet = async (page) => {
  await page.waitForFunction(() => !document.querySelector("[data-stale], .working, .spinner"));
  await page.waitForTimeout(500);
};

const chooseByKey = (key) => {
  const at = document.querySelector('.class-name[tabindex="0"]');
  at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};

const strokeAt = (share) => {
  const board = document.querySelector(".brushed");
  const { left, top, width, height } = board.getBoundingClientRect();
  const at = { clientX: left + share * width, clientY: top + share * height, bubbles: true, pointerId: 1, button: 0 };
  board.setPointerCapture = () => {};
  board.dispatchEvent(new PointerEvent("pointerdown", at));
  board.dispatchEvent(new PointerEvent("pointerup", at));
};

const openFile = async (page, path) => {
  await page.locator(".model-button").click();
  await page.locator('input[aria-label="Model files"]').setInputFiles(path);
  await page.keyboard.press("Escape");
  await page.waitForFunction(
    (name) => document.querySelector(".model-button-name")?.textContent === name,
    path.split("/").at(-1),
  );
  await page.waitForSelector('.class-name[tabindex="0"]');
  await quiet(page);
};

/** Presses a button by its words, in the page itself: to look for it by its role would take 50 ms of the page's thread. */
const press = (page, name) =>
  page.evaluate((name) => {
    const button = [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === name);
    if (!button) throw new Error(`there is no button "${name}"`);
    button.click();
  }, name);

// ---- what is measured, each on its own page

const CASES = {
  async "first picture"() {
    const host = await staticHost();
    const first = await openPage(host.address);
    await quiet(first);
    const samples = [];
    for (let i = 0; i < runs; i++) {
      const page = await openPage(host.address, first.context());
      await page.waitForFunction(() => globalThis.benchSeen.painted > 0);
      samples.push(await page.evaluate(() => globalThis.benchSeen.painted));
      await page.close();
    }
    await first.context().close();
    host.close();
    note("first explained picture, from cache", "ms", samples, 2000);
  },

  async "known class"() {
    const host = await staticHost();
    const page = await openPage(host.address);
    await quiet(page);
    const samples = [];
    for (let i = 0; i < 2 * runs; i++)
      samples.push(await timeUntil(page, "painted", chooseByKey, i % 8 < 4 ? "ArrowDown" : "ArrowUp"));
    await page.context().close();
    host.close();
    note("the map of a class that is already computed", "ms", samples, 16);
  },

  async wasm() {
    const host = await staticHost();
    await asking(host, "wasm, 2 threads", { class: 150, small: 30, large: 100 });
    host.close();
  },

  async native() {
    const host = await nativeHost(0);
    await asking(host, "natively", { class: 40, small: 30, large: 100 });
    await host.close();
  },

  async blocking() {
    const host = await staticHost();
    const page = await openPage(host.address);
    await quiet(page);
    await page.evaluate(largePhoto);
    await page.waitForTimeout(500);
    const begun = await page.evaluate(() => performance.now());
    await session(page);
    const { long, frames } = await page.evaluate(() => globalThis.benchSeen);
    for (const frame of frames.sort(([a], [b]) => b - a).slice(0, 6))
      process.stderr.write(`a frame of ${frame.join("; ")}\n`);
    await page.context().close();
    host.close();
    const first = long.filter(([start]) => start < begun).map(([, duration]) => duration);
    const later = long.filter(([start]) => start >= begun).map(([, duration]) => duration);
    note("the longest task of the page's thread until the first picture", "ms", [Math.max(0, ...first)], 50);
    note("the longest task of the page's thread in a session", "ms", [Math.max(0, ...later)], 50);
  },

  async memory() {
    const host = await staticHost();
    const page = await openPage(host.address);
    await quiet(page);
    await page.locator(".model-button").click();
    await page.waitForSelector(".model-panel .list-button b");
    const names = await page.locator(".model-panel .list-button b").allTextContents();
    const levels = [];
    for (let i = 0; i <= 60; i++) {
      const name = names[i % names.length];
      await page.locator(".popup .list-button", { hasText: name }).first().click();
      await page.waitForFunction(
        (name) =>
          document.querySelector(".model-button-name")?.textContent === name &&
          !document.querySelector(".model-button .spinner"),
        name,
      );
      // an element as the answer would be kept, with all that hangs on it
      await page.waitForFunction(() => document.querySelector(".class-number") !== null);
      // the first ones load what all need
      if (i % 10 === 0 && i > 0) levels.push(await memoryOf(page));
    }
    await page.context().close();
    host.close();
    note("memory after 10 models", "MB", [levels[0]], undefined);
    note("memory after 50 models more, which were closed", "MB", [levels.at(-1)], 1.1 * levels[0]);
  },

  async gallery() {
    const host = await nativeHost(500);
    const page = await openPage(host.address);
    await press(page, "Mistakes");
    await page.locator(".matrix-class").first().click();
    await page.getByRole("button", { name: /^TN/ }).click();
    await page.waitForSelector(".gallery-picture");
    await page.waitForTimeout(1000);
    const intervals = await page.evaluate(async () => {
      const gallery = document.querySelector(".gallery");
      const times = [];
      let at = await new Promise(requestAnimationFrame);
      const end = gallery.scrollHeight - gallery.clientHeight;
      for (let y = 0; y < end; y += 24) {
        gallery.scrollTop = y;
        const now = await new Promise(requestAnimationFrame);
        times.push(now - at);
        at = now;
      }
      return times;
    });
    await page.context().close();
    await host.close();
    const sorted = intervals.toSorted((a, b) => a - b);
    note("a frame while a gallery of 500 photos scrolls", "ms", intervals, 1000 / 60);
    note("the same, of 95 of 100 frames", "ms", [sorted[Math.floor(0.95 * sorted.length)]], undefined);
  },

  async camera() {
    for (const [where, serve] of [
      ["wasm, 2 threads", staticHost],
      ["natively", () => nativeHost(0)],
    ]) {
      const host = await serve();
      const page = await openPage(host.address);
      await quiet(page);
      await page.getByRole("button", { name: "Add a photo" }).click();
      await page.getByRole("button", { name: "Camera", exact: true }).click();
      await page.waitForSelector(".live canvas");
      await page.waitForTimeout(3000);
      const samples = [];
      for (let i = 0; i < runs; i++) {
        await page.waitForTimeout(1000);
        samples.push(1000 / Number.parseInt(await page.locator(".live .cell-title .faint").textContent(), 10));
      }
      await page.context().close();
      await host.close();
      note(`a camera's picture by Grad-CAM of scenes-resnet, ${where}`, "ms", samples, 1000 / 15);
    }
  },

  async size() {
    const host = await staticHost();
    const page = await openPage(host.address, undefined, { serviceWorkers: "block" });
    await page.waitForSelector(".look-bar .slider");
    // the look bar, and what it is made of, is asked for a while after the picture is there
    const later = await page.evaluate(() => {
      const files = performance.getEntriesByType("resource");
      const bar = files.find(({ name }) => name.includes("/LookBar"));
      return files.filter(({ startTime }) => startTime > bar.startTime - 100).map(({ name }) => new URL(name).pathname);
    });
    const isCounted = (path) => /\.m?js$/.test(path) && !/\/ort[^/]*$/.test(path) && !later.includes(path);
    const scripts = [...host.sent].filter(isCounted);
    await page.context().close();
    host.close();
    const sizes = scripts.map((path) => gzipSync(readFileSync(join(PAGE, path))).length / 1000);
    note("JavaScript until the first picture, gzipped", "kB", [sizes.reduce((sum, v) => sum + v, 0)], 250);
  },
};

/** Classes and strokes, by MobileNetV2 and the small network. */
async function asking(host, where, goals) {
  const page = await openPage(host.address);
  await quiet(page);
  await strokes(page, `a stroke of the brush to new bars, scenes-resnet, ${where}`, goals.small);
  if (values.model) {
    await press(page, "Why");
    await openFile(page, values.model);
    for (let i = 0; i < 6; i++) await timeUntil(page, "painted", chooseByKey, "ArrowDown");
    const samples = [];
    for (let i = 0; i < runs; i++) {
      await quiet(page);
      samples.push(await timeUntil(page, "painted", chooseByKey, "ArrowDown"));
    }
    note(`a new class by Grad-CAM, MobileNetV2, ${where}`, "ms", samples, goals.class);
    await strokes(page, `a stroke of the brush to new bars, MobileNetV2, ${where}`, goals.large);
  }
  await page.context().close();
}

async function strokes(page, name, goal) {
  await press(page, "Truth");
  await page.waitForSelector(".brushed");
  await quiet(page);
  const samples = [];
  for (let i = -3; i < runs; i++) {
    // where something is on the photo: what is hidden twice, or is empty, changes no number
    const time = await timeUntil(page, "said", strokeAt, 0.4 + (((i + 3) * 0.37) % 0.3));
    if (i >= 0) samples.push(time);
    await press(page, "Show all");
    await page.waitForTimeout(300);
  }
  note(name, "ms", samples, goal);
}

/** Makes a photo of 12 megapixels, `benchPhoto`. */
async function largePhoto() {
  const canvas = new OffscreenCanvas(4000, 3000);
  const context = canvas.getContext("2d");
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `hsl(${i} 80% 50%)`;
    context.fillRect((i % 20) * 200, Math.floor(i / 20) * 150, 200, 150);
  }
  globalThis.benchPhoto = new File([await canvas.convertToBlob({ type: "image/jpeg" })], "large.jpg");
}

/** What people do, one after the other. */
async function session(page) {
  for (let i = 0; i < 4; i++) await page.evaluate(chooseByKey, "ArrowDown");
  await press(page, "Side by side");
  await quiet(page);
  await page.mouse.move(500, 400);
  await page.mouse.move(700, 500, { steps: 20 });
  await press(page, "Side by side");
  for (const name of ["Depth", "Truth"]) {
    await press(page, name);
    await quiet(page);
  }
  const board = await page.locator(".brushed").boundingBox();
  await page.mouse.move(board.x + 100, board.y + 100);
  await page.mouse.down();
  await page.mouse.move(board.x + 300, board.y + 250, { steps: 30 });
  await page.mouse.up();
  await press(page, "Hide what the map shows");
  await page.waitForTimeout(1000);
  await page.locator('[aria-label="Hidden"][type="range"]').focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
  await press(page, "Network");
  await page.waitForSelector(".network-node");
  await quiet(page);
  await press(page, "Class model");
  await page.waitForSelector(".imagined canvas");
  await page.waitForTimeout(2000);
  await press(page, "Why");
  await page.locator(".model-button").click();
  await page.locator(".popup .list-button", { hasText: "scenes-vit" }).click();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector(".model-button-name")?.textContent === "scenes-vit");
  await quiet(page);
  await press(page, "Attention");
  await page.waitForTimeout(2000);
  await press(page, "Network");
  await page.waitForSelector(".network-node");
  await press(page, "Why");
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(globalThis.benchPhoto);
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer, clientX: 300, clientY: 300, bubbles: true, cancelable: true }),
    );
  });
  await page.waitForSelector('.rail-photo[aria-label="large.jpg"]');
  await quiet(page);
}

/** Megabytes of the page with its workers, after garbage was collected. */
async function memoryOf(page) {
  await page.waitForTimeout(1000);
  const { bytes } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
  return bytes / 1e6;
}

for (const [name, measure] of Object.entries(CASES)) if (name.includes(values.only)) await measure();
await browser.close();

const facts = { machine: machine({ Chromium: browser.version() }), threads: THREADS, runs, results };
if (runs > 1) {
  const rows = Object.entries(results).map(([name, { unit, median, least, most, goal }]) => [
    name,
    `${median} ${unit}`,
    `${least} to ${most}`,
    goal === undefined ? "" : `${rounded(goal)} ${unit}`,
  ]);
  writeFileSync(RESULTS, `${JSON.stringify(facts, null, 1)}\n`);
  writeFileSync(join(here, "page.md"), `${tableOf(["", "median", "least to most", "goal, at most"], rows)}\n`);
}
process.stdout.write(`${JSON.stringify(facts)}\n`);
process.exit(0);
