import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onnxRuntime } from "@limn/node";
import { expect, it } from "vitest";
import { nativePlatform } from "../server/native-platform.js";
import { engineContract } from "../testing/contract.js";
import { Workbench } from "./workbench.js";

engineContract("the workbench in Node", async () => ({
  engine: new Workbench(nativePlatform(onnxRuntime())),
  close: async () => {},
}));

it("keeps nothing of a model that is closed, while the picture that it was asked about is open", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const engine = new Workbench(nativePlatform(onnxRuntime()));
  const { handle: picture } = await engine.openPicture({ kind: "named", name: "cat-and-dog" });
  const address = new URL("../../../models/networks/scenes-mobile/model.onnx", import.meta.url);
  const openAndClose = async () => {
    const bytes = new Uint8Array(readFileSync(address));
    const { handle: model } = await engine.openModel({ kind: "files", files: [{ name: "model.onnx", bytes }] });
    await engine.explain({ model, picture }, [{ method: "grad-cam" }], [-1]);
    await engine.release(model);
    return new WeakRef(bytes);
  };
  const closed = await openAndClose();
  await new Promise((done) => setTimeout(done));
  collectGarbage();
  expect(closed.deref()).toBeUndefined();
}, 60_000);
