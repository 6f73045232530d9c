import { onnxRuntime } from "@limn/node";
import { nativePlatform, serveStudio, Workbench } from "@limn/studio";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { info, modelBytes, node, weight } from "../../packages/core/src/testing/small-models.js";
import { type OpenPage, openStudio, type Served } from "./chromium.js";
import { seen } from "./seen.js";

let opened: OpenPage;
let page: Page;

const open = async (serve?: (folder: string) => Promise<Served>): Promise<void> => {
  opened = await openStudio(serve);
  ({ page } = opened);
  page.setDefaultTimeout(60_000);
};

const heading = () => page.locator("h1").textContent();
const notices = () => page.locator(".notice p").allTextContents();
const dismiss = async () => {
  while ((await page.locator(".notice button").count()) > 0) await page.locator(".notice button").first().click();
};

/** Asks about a class, and waits for its map. */
async function ask(label: string): Promise<void> {
  await page.locator(".class-name", { hasText: label }).first().click();
  await page.waitForFunction(
    (label) =>
      document.querySelector("h1")?.textContent === `Why ${label}?` &&
      document.querySelector(`main canvas[aria-label^="Grad-CAM for ${label}"]`) &&
      !document.querySelector("main [data-stale]"),
    label,
  );
}

describe("the page's own engine", () => {
  beforeAll(() => open(), 240_000);
  afterAll(() => opened?.close());

  it("is replaced if it dies, and what was open is opened again", async () => {
    await ask("cat");
    const worker = page.workers().find((one) => /\/worker-[^/]*\.js$/.test(one.url()));
    await worker?.evaluate(() => {
      setTimeout(() => {
        throw new Error("by the test");
      });
    });
    await page.locator(".notice").waitFor();
    await seen(notices).toEqual([
      expect.stringMatching(/^the engine has died \(.*by the test\); it was started again$/),
    ]);
    await dismiss();
    await seen(heading).toBe("Why cat?");
    await ask("dog");
  });

  it("runs on the CPU where there is no WebGPU, and says so", async () => {
    await page.locator(".model-button").click();
    await page.getByLabel("Run on").selectOption("webgpu");
    await page.getByText(/CPU by wasm, \d threads? \(WebGPU is not used: .+\)/).waitFor();
    await page.getByLabel("Run on").selectOption("wasm");
    await page.keyboard.press("Escape");
    await ask("cat");
  });

  it("is replaced if it runs out of memory; a model by which that happens again is closed", async () => {
    // as much as 32 bits can address, of which a part is taken
    const side = 8190;
    const bomb = modelBytes({
      input: [info("image", "float32", [1, 3, 16, 16])],
      output: [info("scores", "float32", [1, 4])],
      node: [
        node("Conv", ["image", "kernel"], "conv", { kernel_shape: [3, 3] }),
        node("GlobalAveragePool", ["conv"], "mean"),
        node("Expand", ["mean", "size"], "huge"),
        node("GlobalAveragePool", ["huge"], "again"),
        node("Flatten", ["again"], "features"),
        node("Gemm", ["features", "dense"], "scores"),
      ],
      initializer: [
        weight(
          "kernel",
          [16, 3, 3, 3],
          Array.from({ length: 432 }, (_, i) => Math.cos(i)),
        ),
        weight(
          "dense",
          [16, 4],
          Array.from({ length: 64 }, (_, i) => Math.sin(i)),
        ),
        { name: "size", dataType: 7, dims: ["4"], int64Data: ["1", "16", `${side}`, `${side}`] },
      ],
    });
    await page.evaluate((base64) => {
      const dataTransfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], "bomb.onnx"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, Buffer.from(bomb).toString("base64"));
    await page
      .getByText("bomb.onnx was closed, since the engine was lost with it twice: open another model.")
      .waitFor();
    await seen(async () => (await notices()).join("\n")).toContain(
      "the engine ran out of memory; it was started again",
    );
    await dismiss();
    await page.getByText("No model is open. Drop one here, or choose one at the top.").waitFor();
    await page.locator(".model-button").click();
    await page.getByRole("button", { name: /^scenes-resnet/ }).click();
    await page.keyboard.press("Escape");
    await ask("cat");
  });
});

describe("limn studio", () => {
  const TOKEN = "t".repeat(32);
  const start = (folder: string, port = 0) =>
    serveStudio(new Workbench(nativePlatform(onnxRuntime({ threads: 1 }))), { page: folder, port, token: TOKEN });
  let server: Served;
  let folder: string;

  beforeAll(
    () =>
      open(async (files) => {
        folder = files;
        server = await start(files);
        return { address: server.address, close: () => server.close() };
      }),
    240_000,
  );
  afterAll(() => opened?.close());

  it("that goes away is missed, and found again with the work as it was", async () => {
    await ask("cat");
    await page.getByRole("button", { name: "Compare dog" }).click();
    const port = Number(new URL(server.address).port);
    await server.close();
    await page.locator(".notice").waitFor();
    await seen(notices).toEqual([
      `limn studio does not answer any more; start it again in the terminal with --port ${port}, and this page goes on`,
    ]);
    // what this view consists of can't be loaded now
    await page.getByRole("button", { name: "Truth" }).click();
    await page.getByText("A part of this page can't be loaded now").waitFor();
    server = await start(folder, port);
    await page.getByText("limn studio answers again").waitFor();
    await dismiss();
    await seen(heading).toBe("What does cat need?");
    await page.getByRole("button", { name: "Why", exact: true }).click();
    await seen(heading).toBe("Why cat?");
    await seen(() => page.getByRole("button", { name: "Compare dog" }).getAttribute("aria-pressed")).toBe("true");
    await ask("fish");
  });

  it("keeps an error to the view where it happens", async () => {
    await page.route("**/DepthView-*.js", (route) =>
      route.fulfill({
        contentType: "text/javascript",
        body: "export default () => { throw new Error('by the test'); };",
      }),
    );
    await page.getByRole("button", { name: "Depth" }).click();
    await page.getByText("This can't be shown: by the test").waitFor();
    await page.getByRole("button", { name: "Why", exact: true }).click();
    await seen(heading).toBe("Why fish?");
  });
});
