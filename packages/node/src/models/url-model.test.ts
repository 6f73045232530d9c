import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadClassifier } from "@limn/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { convolutionalClassifier } from "../../../core/src/testing/small-models.js";
import { readModelFile } from "../model-file.js";
import { onnxRuntime } from "../runtime.js";
import { externalModel } from "../testing/external-model.js";
import { ModelServer } from "../testing/model-server.js";
import { findModel } from "./find-model.js";

const MODEL = convolutionalClassifier();
let server: ModelServer;
let root: string;

beforeEach(async () => {
  server = await new ModelServer().start();
  root = mkdtempSync(join(tmpdir(), "limn-url-"));
  vi.stubEnv("LIMN_CACHE", root);
  vi.stubEnv("HF_HUB_OFFLINE", undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(root, { recursive: true });
});

const publish = (path: string, content: Uint8Array, headers: Record<string, string>) =>
  server.files.set(path, { content: Buffer.from(content), headers });
const address = () => `${server.url}/models/classifier.onnx`;

describe("a model at an address", () => {
  it.each([
    ["an ETag", { etag: '"v1"' }, { etag: '"v2"' }],
    [
      "a date",
      { "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT" },
      { "last-modified": "Tue, 02 Jan 2024 00:00:00 GMT" },
    ],
  ])("is downloaded once, and again when %s changes", async (_, first, second) => {
    publish("/models/classifier.onnx", MODEL, first as Record<string, string>);
    const found = await findModel(address());
    expect(found).toMatchObject({ name: "classifier.onnx", warnings: [] });
    expect(readFileSync(found.path)).toEqual(Buffer.from(MODEL));
    expect(await findModel(address())).toEqual(found);
    expect(server.downloads()).toHaveLength(1);

    publish("/models/classifier.onnx", Buffer.from("another"), second as Record<string, string>);
    const changed = await findModel(address());
    expect(readFileSync(changed.path, "utf8")).toBe("another");
    expect(readFileSync(found.path)).toEqual(Buffer.from(MODEL));
  });

  it("comes with the weights beside it", async () => {
    const { model, weights } = externalModel("parts/kernel 1.bin");
    publish("/models/classifier.onnx", model, { etag: '"m"' });
    publish("/models/parts/kernel 1.bin", weights, { etag: '"w"' });
    const found = await findModel(`${address()}?download=true`);
    const classifier = await loadClassifier(readModelFile(found.path), onnxRuntime({ threads: 1 }));
    expect(classifier.classes).toBe(4);
  });

  it("is checked by its hash where the Hugging Face hub has it", async () => {
    server.commit("owner/variants", { "onnx/model_fp16.onnx": MODEL });
    vi.stubEnv("HF_ENDPOINT", server.url);
    const variant = `${server.url}/owner/variants/resolve/main/onnx/model_fp16.onnx`;
    server.faults.set("onnx/model_fp16.onnx", { content: new Uint8Array(MODEL.length) });
    await expect(findModel(variant)).rejects.toThrow(/^model_fp16\.onnx: the downloaded file is damaged/);
    server.faults.clear();
    expect(readFileSync((await findModel(variant)).path)).toEqual(Buffer.from(MODEL));
  });

  it("goes on with an interrupted download", async () => {
    publish("/models/classifier.onnx", MODEL, { etag: '"v1"' });
    server.faults.set("/models/classifier.onnx", { cutAt: 4000 });
    await expect(findModel(address())).rejects.toThrow(/the download stopped after \d+ of \d+ bytes/);
    const found = await findModel(address());
    expect(readFileSync(found.path)).toEqual(Buffer.from(MODEL));
    expect(server.seen.at(-1)?.range).toBe("bytes=4000-");
  });

  it("is taken from the cache where the server can't be reached", async () => {
    publish("/models/classifier.onnx", MODEL, { etag: '"v1"' });
    const online = await findModel(address());
    const url = address();
    await server.stop();
    const { path, warnings } = await findModel(url);
    expect(path).toBe(online.path);
    expect(warnings).toEqual([expect.stringMatching(/using the copy in the cache; the server can't be reached/)]);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await findModel(url)).toEqual(online);
    await expect(findModel(`${url}x`)).rejects.toThrow(/not in the cache, and HF_HUB_OFFLINE is set/);
    await server.start();
  });

  it.each([
    ["http://example.org/model.onnx", /a download by http:\/\/ can be changed on its way; use https:\/\//],
    ["https://", /this is not an address/],
  ])("refuses %s", async (url, message) => {
    await expect(findModel(url)).rejects.toThrow(
      expect.objectContaining({ code: "bad-model", message: expect.stringMatching(message) }),
    );
  });

  it("refuses what is not there", async () => {
    await expect(findModel(address())).rejects.toThrow(
      /the server answers .* with HTTP status 40\d; check the address/,
    );
  });
});
