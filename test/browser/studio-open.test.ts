import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onnxRuntime, PictureExplainer, readPicture } from "@limn/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  convolutionalClassifier,
  info,
  modelBytes,
  node,
  weight,
} from "../../packages/core/src/testing/small-models.js";
import { externalModel } from "../../packages/node/src/testing/external-model.js";
import { ModelServer } from "../../packages/node/src/testing/model-server.js";
import { type OpenPage, openStudio } from "./chromium.js";
import { seen, text } from "./seen.js";

const STUDIO = fileURLToPath(new URL("../../packages/studio/", import.meta.url));
const NETWORK = fileURLToPath(new URL("../../packages/models/networks/scenes-mobile/", import.meta.url));
const HUB = "https://huggingface.co";

const CORS = { "access-control-allow-origin": "*", "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT" };
const readable = (content: Uint8Array) => ({ content: Buffer.from(content), headers: CORS });
const scene = readFileSync(`${STUDIO}pictures/two-classes.png`);

let folder: string;
let others: ModelServer;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "limn-open-"));
  others = await new ModelServer().start();
  const { model, weights } = externalModel("parts/weights.bin");
  others.files.set("/net.onnx", readable(model));
  others.files.set("/parts/weights.bin", readable(weights));
  others.files.set("/closed.onnx", { content: Buffer.from(convolutionalClassifier()), headers: {} });
  others.files.set("/two%20of%20them.png", readable(scene));
  others.files.set("/two of them.png", readable(scene));
  const files = ["config.json", "preprocessor_config.json"].map((name) => [name, readFileSync(NETWORK + name)]);
  const onnx = readFileSync(`${NETWORK}model.onnx`);
  others.commit("owner/scenes", {
    ...Object.fromEntries(files),
    "onnx/model.onnx": onnx,
    "onnx/model_fp16.onnx": onnx,
  });
  // a fresh page without a service worker, so that what it asks of the hub can be answered here
  opened = await openStudio(undefined, { serviceWorkers: "block" });
  ({ page } = opened);
  page.setDefaultTimeout(60_000);
  await page.context().route(`${HUB}/**`, async (route) => {
    const answer = await fetch(others.url + route.request().url().slice(HUB.length));
    const body = Buffer.from(await answer.arrayBuffer());
    await route.fulfill({ status: answer.status, body, headers: { "access-control-allow-origin": "*" } });
  });
}, 240_000);

afterAll(async () => {
  await opened?.close();
  await others?.stop();
  rmSync(folder, { recursive: true });
});

const modelName = () => text(page.locator(".model-button-name"));
const notice = () => page.locator(".notice");

/** What is said, once it is, which is then closed. */
async function said(): Promise<string> {
  await notice().first().waitFor();
  const words = await text(notice().first().locator("p"));
  await notice().first().getByRole("button").click();
  return words;
}

async function dismiss(): Promise<void> {
  while ((await notice().count()) > 0) await notice().first().getByRole("button").click();
}

/** Opens what a link leads to, by the field of the model's or of the photos' popup. */
async function follow(link: string, of: "model" | "photo" = "model"): Promise<void> {
  if (of === "photo") await page.getByRole("button", { name: "Add a photo" }).click();
  else if (!(await page.locator(".model-panel").isVisible())) await page.locator(".model-button").click();
  await page.getByLabel("By link").fill(link);
  await page.getByLabel("By link").press("Enter");
}

/** Waits until a model is open, with its map. */
async function isOpen(name: string): Promise<void> {
  await page.waitForFunction(
    (name) =>
      document.querySelector(".model-button-name")?.textContent === name &&
      document.querySelector('.model-button[aria-busy="false"]') &&
      document.querySelector(".scale"),
    name,
  );
}

describe("by link", () => {
  it("opens a model with its external data, and keeps the link in the address", async () => {
    await follow(`${others.url}/net.onnx`);
    await isOpen("net.onnx");
    expect(await notice().count()).toBe(0);
    await page.waitForFunction("decodeURIComponent(location.hash).includes('/net.onnx,')");
    expect(others.downloads()).toEqual(["/net.onnx", "/parts/weights.bin"]);
  });

  it("keeps it: the next time, the host is only asked whether it has changed", async () => {
    await follow(`${others.url}/net.onnx`);
    await expect.poll(() => others.seen.filter(({ method }) => method === "HEAD").length).toBe(2);
    await isOpen("net.onnx");
    expect(others.downloads()).toHaveLength(2);
    await seen(() => text(page.locator(".kept li").first())).toMatch(/net\.onnx.* kB ?Clear$/);
  });

  it("opens a model of Hugging Face by its id, and another of its files", async () => {
    await follow("owner/scenes");
    await isOpen("owner/scenes");
    await seen(() => text(page.locator(".corrections"))).toMatch(
      /of config\.json.*|As found: preprocessor_config\.json/,
    );
    await page.getByRole("button", { name: "onnx/model_fp16.onnx" }).click();
    await isOpen("owner/scenes/onnx/model_fp16.onnx");
    await follow("owner/nothing");
    expect(await said()).toBe(
      "owner/nothing: there is no such model or revision at https://huggingface.co, or it is gated or private; check the spelling, or set HF_TOKEN and open it in limn studio",
    );
  });

  it("says under the field what can't be read, and why; what was open stays", async () => {
    const before = await modelName();
    await follow(`${others.url}/closed.onnx`);
    await notice().waitFor();
    const field = await page.locator("form", { has: page.getByLabel("By link") }).boundingBox();
    const place = await notice().boundingBox();
    expect(Math.abs((place?.x ?? 0) - (field?.x ?? 1e3))).toBeLessThan(2);
    expect(await said()).toBe(
      `${others.url}/closed.onnx: this page can't read it: the network is down, the host is not there, or it does not let other pages read its files (CORS); download it and drop it here, or open it in limn studio`,
    );
    for (const [link, words] of [
      [`${others.url}/gone.onnx`, /can't read it|HTTP status 404; check the address$/],
      ["http://example.org/net.onnx", /use https:\/\//],
      ["not an address", /^not an address: this is not an address; check its spelling$/],
    ] as const) {
      await follow(link);
      expect(await said()).toMatch(words);
    }
    await seen(modelName).toBe(before);
  });

  it("opens photos", async () => {
    await page.keyboard.press("Escape");
    await follow(`${others.url}/two%20of%20them.png`, "photo");
    await page.getByRole("button", { name: "two of them.png", exact: true }).waitFor();
    await page.waitForFunction("decodeURIComponent(location.hash).includes('/two%20of%20them.png,')");
  });

  it("opens what the address of the page asks for", async () => {
    await page.goto(
      `${page.url().replace(/[?#].*/, "")}?model=owner/scenes&photo=${others.url}/two%2520of%2520them.png`,
    );
    await page.waitForSelector(".scale");
    await seen(modelName).toBe("owner/scenes");
    await seen(() =>
      page.locator(".rail-photo").evaluateAll((all) => all.map((one) => one.getAttribute("title"))),
    ).toEqual(["two of them.png"]);
    await page.waitForFunction("location.search === '' && location.hash.includes('model=owner/scenes,')");
  });
});

describe("from this machine", () => {
  it("opens a folder with a model and its external data", async () => {
    const { model, weights } = externalModel("model.onnx_data");
    mkdirSync(join(folder, "scenes/onnx"), { recursive: true });
    const labels = ["cat", "dog", "fish", "bird"];
    writeFileSync(join(folder, "scenes/config.json"), JSON.stringify({ id2label: { ...labels } }));
    writeFileSync(join(folder, "scenes/tokenizer.json"), "{}");
    writeFileSync(join(folder, "scenes/special_tokens_map.json"), "{}");
    writeFileSync(join(folder, "scenes/onnx/model.onnx"), model);
    writeFileSync(join(folder, "scenes/onnx/model_fp16.onnx"), "not this one");
    writeFileSync(join(folder, "scenes/onnx/model.onnx_data"), weights);
    await page.locator(".model-button").click();
    await page.getByLabel("Folder with a model").setInputFiles(join(folder, "scenes"));
    await isOpen("model.onnx");
    await seen(() => text(page.locator(".corrections"))).toContain("cat, dog, fish … of scenes/config.json");
    await page.keyboard.press("Escape");
    await dismiss();
  });

  /** Of more classes than a list shows at once. */
  const ofMany = (seed: number) =>
    modelBytes({
      input: [info("image", "float32", [1, 3, 16, 16])],
      output: [info("scores", "float32", [1, 60])],
      node: [
        node("Relu", ["image"], "active"),
        node("GlobalAveragePool", ["active"], "mean"),
        node("Flatten", ["mean"], "features"),
        node("Gemm", ["features", "dense"], "scores"),
      ],
      initializer: [
        weight(
          "dense",
          [3, 60],
          Array.from({ length: 180 }, (_, i) => Math.sin(seed * i)),
        ),
      ],
    });
  const rows = () => page.locator(".class-label").allTextContents();

  it("lists many classes, of one model after the other", async () => {
    for (const name of ["one.onnx", "two.onnx"]) {
      await drop({ [name]: ofMany(name.length + name.charCodeAt(0)) });
      await isOpen(name);
      await seen(async () => (await rows()).length).toBeGreaterThan(5);
    }
  });

  it("leaves a view in which the next model has nothing to show", async () => {
    await page.locator(".model-button").click();
    await page.getByRole("button", { name: /^scenes-vit/ }).click();
    await isOpen("scenes-vit");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Attention" }).click();
    await seen(() => text(page.locator("h1"))).toMatch(/^Where does the model look/);
    await drop({ "four.onnx": ofMany(3) });
    await seen(() => text(page.locator("h1"))).toMatch(/^Why class \d+\?$/);
  });

  it("takes labels for the model that is being opened", async () => {
    const labels = new TextEncoder().encode(Array.from({ length: 60 }, (_, i) => `thing ${i}`).join("\n"));
    await Promise.all([drop({ "three.onnx": ofMany(7) }), drop({ "labels.txt": labels })]);
    await isOpen("three.onnx");
    await seen(async () => (await rows())[0]).toMatch(/^thing \d+$/);
  });

  const small = convolutionalClassifier();
  const vector = modelBytes({
    input: [info("x", "float32", [1, 10])],
    output: [info("y", "float32", [1, 4])],
    node: [node("Gemm", ["x", "w"], "y")],
    initializer: [weight("w", [10, 4], Array.from({ length: 40 }, Math.sin))],
  });
  const words = (some: string) => new TextEncoder().encode(some);

  it.each<[name: string, bytes: Uint8Array]>([
    ["cut off.onnx", small.subarray(0, small.length / 2)],
    ["text.onnx", words("this is no model")],
    ["empty.onnx", new Uint8Array()],
    ["no picture goes in.onnx", vector],
    ["weights are elsewhere.onnx", externalModel("weights.bin").model],
    ["weights.pth", words("PK")],
    ["text.png", words("no picture")],
    ["empty.png", new Uint8Array()],
    ["cut off.png", scene.subarray(0, scene.length / 2)],
    ["drawing.svg", words("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")],
  ])("refuses %s as the command line does, where it was dropped, and keeps what was open", async (name, bytes) => {
    const [model, photos] = [await modelName(), await page.locator(".rail-photo").count()];
    await drop({ [name]: bytes }, 420, 300);
    await notice().waitFor();
    await seen(() => notice().boundingBox()).toMatchObject({ x: 420, y: 300 });
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const refusal = await (/\.(png|svg)$/.test(name)
      ? readPicture(path)
      : PictureExplainer.open(path, onnxRuntime({ threads: 1 }), { methods: ["grad-cam"] })
    ).then(
      () => "",
      (error: Error) => error.message.replaceAll(`${folder}/`, ""),
    );
    expect(comparable(await said())).toBe(comparable(refusal));
    expect([await modelName(), await page.locator(".rail-photo").count()]).toEqual([model, photos]);
  });

  it("takes names for text, whatever is in them", async () => {
    const evil = `<img src=x onerror="globalThis.hurt=1">"'\u202e\u{1F415}${"x".repeat(180)}`;
    await drop({
      [`${evil}.onnx`]: small,
      "labels.txt": words(
        [`${evil}${"long ".repeat(2000)}`, ...Array.from({ length: 9 }, (_, i) => `<b>${i}</b>`)].join("\n"),
      ),
    });
    await isOpen(`${evil}.onnx`);
    await drop({ [`${evil}.png`]: scene });
    await page.waitForFunction(
      (name) => [...document.querySelectorAll(".rail-photo")].some((one) => one.getAttribute("title") === name),
      `${evil}.png`,
    );
    await page.waitForSelector(".scale");
    await seen(() => text(page.locator(".classes, .class-list").first())).toContain("<b>");
    expect(await page.evaluate("[globalThis.hurt, document.querySelectorAll('img[src=x]').length]")).toEqual([
      undefined,
      0,
    ]);
    await seen(() => page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Take away" }).click();
    await page.locator(".take-kinds button", { hasText: "page" }).click();
    const html = readFileSync(await (await download).path(), "utf8");
    expect(html).not.toMatch(/<img src=x|<b>\d/);
    await page.keyboard.press("Escape");
  });
});

/** Without what decoders say in their own words, and without what a terminal calls a dropped file. */
const comparable = (words: string) =>
  words
    .replace(/ \([^)]*\);/, ";")
    .replace("the path of a picture", "a picture")
    .replace("GIF, TIFF or", "GIF or");

/** Drops files on the page, by names and contents. */
async function drop(files: Readonly<Record<string, Uint8Array>>, clientX = 300, clientY = 300): Promise<void> {
  const coded = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const);
  await page.evaluate(
    ([coded, at]) => {
      const dataTransfer = new DataTransfer();
      for (const [name, base64] of coded) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, ...at, bubbles: true, cancelable: true }));
    },
    [coded, { clientX, clientY }] as const,
  );
}
