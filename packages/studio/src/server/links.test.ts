import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { convolutionalClassifier } from "../../../core/src/testing/small-models.js";
import { externalModel } from "../../../node/src/testing/external-model.js";
import { ModelServer } from "../../../node/src/testing/model-server.js";
import { Workbench } from "../engine/workbench.js";
import { nativePlatform } from "./native-platform.js";

const bench = new Workbench(nativePlatform(onnxRuntime({ threads: 1 })));
const open = (link: string) => bench.openModel({ kind: "link", link });
const openPicture = (link: string) => bench.openPicture({ kind: "link", link });

let server: ModelServer;
let root: string;

beforeAll(async () => {
  server = await new ModelServer().start();
  root = mkdtempSync(join(tmpdir(), "limn-links-"));
  vi.stubEnv("HF_ENDPOINT", server.url);
  vi.stubEnv("HF_HOME", root);
  vi.stubEnv("LIMN_CACHE", root);
  for (const name of ["HF_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
    vi.stubEnv(name, undefined);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(root, { recursive: true });
});

const publish = (path: string, content: Uint8Array) =>
  server.files.set(path, { content: Buffer.from(content), headers: {} });

it("opens a model by its address, with the weights next to it", async () => {
  const { model, weights } = externalModel("weights.bin");
  publish("/net.onnx", model);
  publish("/weights.bin", weights);
  expect(await open(`${server.url}/net.onnx`)).toMatchObject({ name: "net.onnx", classes: 4 });
});

it("opens a model of the hub by its id, and says which files it has", async () => {
  const labels = JSON.stringify({
    id2label: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i, `thing ${i}`])),
  });
  server.commit("owner/net", { "model.onnx": convolutionalClassifier(), "old/v1.onnx": "old", "config.json": labels });
  expect(await bench.modelsAt("owner/net")).toEqual([
    { name: "model.onnx", link: "https://huggingface.co/owner/net/resolve/main/model.onnx" },
    { name: "old/v1.onnx", link: "https://huggingface.co/owner/net/resolve/main/old/v1.onnx" },
  ]);
  const steps: string[] = [];
  const opened = await bench.openModel(
    { kind: "link", link: "owner/net" },
    {},
    { onStep: ({ doing }) => steps.push(doing) },
  );
  expect(opened).toMatchObject({ name: "owner/net", labels: expect.arrayContaining(["thing 3"]) });
  expect(steps).toContain("downloading owner/net/model.onnx");
});

it("reads no file of this disk, whatever the link", async () => {
  // where a program that takes paths would find it
  const here = join(root, "here/model");
  mkdirSync(here, { recursive: true });
  writeFileSync(join(here, "model.onnx"), convolutionalClassifier());
  const before = process.cwd();
  process.chdir(root);
  try {
    await expect(open("here/model")).rejects.toThrow(/^here\/model: there is no such file here and no such model/);
    for (const link of [join(here, "model.onnx"), `file://${here}/model.onnx`, "./here/model", "scenes-resnet"])
      await expect(open(link)).rejects.toMatchObject({ code: "bad-model", message: expect.stringContaining(link) });
    for (const link of ["file:///etc/passwd", "/etc/passwd"])
      await expect(openPicture(link)).rejects.toThrow(/this is not an address/);
  } finally {
    process.chdir(before);
  }
});

it("opens a picture by its address", async () => {
  publish("/a b.png", readFileSync(new URL("../../pictures/one-object.png", import.meta.url)));
  expect(await openPicture(`${server.url}/a%20b.png`)).toMatchObject({ name: "a b.png", picture: { width: 128 } });
  await expect(openPicture(`${server.url}/none.png`)).rejects.toMatchObject({
    code: "bad-input",
    message: `${server.url}/none.png: the server answers with HTTP status 401; check the address`,
  });
});
