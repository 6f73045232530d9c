import { fileURLToPath } from "node:url";
import { onnxRuntime } from "@limn/node";
import { afterAll, expect, it } from "vitest";
import { externalModel } from "../../packages/node/src/testing/external-model.js";
import { decodeMessage, encodeMessage } from "../../packages/studio/src/engine/codec.js";
import type { Engine, ExplainedClass, StudioMap } from "../../packages/studio/src/engine/engine.js";
import type { Answer, Port, Request } from "../../packages/studio/src/engine/messages.js";
import { remoteEngine } from "../../packages/studio/src/engine/remote.js";
import { Workbench } from "../../packages/studio/src/engine/workbench.js";
import { nativePlatform } from "../../packages/studio/src/server/native-platform.js";
import { engineContract } from "../../packages/studio/src/testing/contract.js";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { type OpenPage, openPage } from "./chromium.js";

/** What the page puts there; only functions that run in it may read it. */
declare const studio: {
  ask(text: string): void;
  kill(): void;
  lost(): string[];
};

const PAGE = fileURLToPath(new URL("../../packages/studio/src/page/testing/", import.meta.url));

interface EngineInPage extends OpenPage {
  readonly engine: Engine;
}

/** The page's engine, called from here. @param search `?webgpu` for WebGPU */
async function open(search = "", hasGpu = false): Promise<EngineInPage> {
  const inPage = await openPage(PAGE, "globalThis.studio", undefined, undefined, { hasGpu });
  if (search) {
    await inPage.page.goto(new URL(search, inPage.page.url()).href);
    await inPage.page.waitForFunction("globalThis.studio");
  }
  const port: Port<Request, Answer> = {
    send: (request) =>
      inPage.page.evaluate((text) => studio.ask(text), Buffer.from(encodeMessage(request)).toString("latin1")),
    receive: () => {},
  };
  await inPage.page.exposeFunction("limnAnswer", (text: string) =>
    port.receive(decodeMessage(new Uint8Array(Buffer.from(text, "latin1"))) as Answer),
  );
  return { ...inPage, engine: remoteEngine(port) };
}

/** The one that tests share which leave it as it was. */
let opened: Promise<EngineInPage> | undefined;
afterAll(async () => (await opened)?.close());

type Maps = readonly Float32Array[];

/** Maps of a small model, whose graphs are compiled quickly. */
async function mapsOf(engine: Engine): Promise<Maps> {
  const { model: bytes, weights } = externalModel("weights.bin");
  const files = [
    { name: "small.onnx", bytes },
    { name: "weights.bin", bytes: weights },
  ];
  const { handle: model } = await engine.openModel({ kind: "files", files });
  const { handle: picture } = await engine.openPicture({ kind: "named", name: "one-object" });
  const wishes = [{ method: "grad-cam" }, { method: "saliency" }];
  const explain = async () => {
    const [one] = await engine.explain({ model, picture }, wishes, [3]);
    return (one as ExplainedClass).maps.map((map) => (map as StudioMap).grid.data);
  };
  await explain();
  return explain();
}

if (findChromium()) {
  const shared = async () => {
    opened ??= open();
    return { ...(await opened), close: async () => {} };
  };
  engineContract("the workbench in a page's Worker", shared, async () => ({
    engine: new Workbench(nativePlatform(onnxRuntime({ threads: 1 }))),
    close: async () => {},
  }));

  it("puts a fresh Worker in the place of one that died, and says so", async () => {
    const { engine, page } = await shared();
    await engine.about();
    const waiting = expect(engine.openModel({ kind: "named", name: "scenes-deep" })).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringMatching(/has died \(killed\); it was started again/),
    });
    await page.evaluate(() => studio.kill());
    await waiting;
    expect(await page.evaluate(() => studio.lost())).toHaveLength(1);
    expect(await engine.openModel({ kind: "named", name: "scenes-resnet" })).toMatchObject({ classes: 16 });
  }, 300_000);

  it.each([
    [true, /^WebGPU, checked against the CPU$/],
    [false, /^CPU by wasm, \d threads? \(WebGPU is not used: .+\)$/s],
  ])(
    "runs on WebGPU if there is any, and says so: %s",
    async (hasGpu, words) => {
      const { engine, close } = await open("?webgpu", hasGpu);
      const node = new Workbench(nativePlatform(onnxRuntime({ threads: 1 })));
      try {
        // the first run of a graph is compared with the CPU's, later ones are WebGPU's own
        const [found, right] = [await mapsOf(engine), await mapsOf(node)];
        right.forEach((grid, i) => {
          const largest = grid.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
          const distance = grid.reduce((most, v, k) => Math.max(most, Math.abs(v - (found[i]?.[k] as number))), 0);
          expect(distance / largest).toBeLessThan(1e-3);
        });
        expect((await engine.about()).runtime).toMatch(words);
      } finally {
        await close();
      }
    },
    300_000,
  );
} else {
  it.skip("the workbench in a page's Worker (there is no Chromium; run: node scripts/ensure-test-programs.mjs)", () => {});
}
