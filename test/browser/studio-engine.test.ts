import { fileURLToPath } from "node:url";
import { onnxRuntime } from "@limn/node";
import { afterAll, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "../../packages/studio/src/engine/codec.js";
import type { Engine } from "../../packages/studio/src/engine/engine.js";
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

/** The page's engine, called from here: one for all tests. */
let opened: Promise<EngineInPage> | undefined;
afterAll(async () => (await opened)?.close());

async function open(): Promise<EngineInPage> {
  const inPage = await openPage(PAGE, "globalThis.studio");
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
      message: expect.stringMatching(/has died \(killed\).*started again/),
    });
    await page.evaluate(() => studio.kill());
    await waiting;
    expect(await page.evaluate(() => studio.lost())).toHaveLength(1);
    expect(await engine.openModel({ kind: "named", name: "scenes-resnet" })).toMatchObject({ classes: 16 });
  }, 300_000);
} else {
  it.skip("the workbench in a page's Worker (there is no Chromium; run: node scripts/ensure-test-programs.mjs)", () => {});
}
