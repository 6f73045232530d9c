import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadClassifier } from "@limn/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { convolutionalClassifier } from "../../../core/src/testing/small-models.js";
import { readModelFile } from "../model-file.js";
import { onnxRuntime } from "../runtime.js";
import { externalModel } from "../testing/external-model.js";
import { gitHash, ModelServer, sha256 } from "../testing/model-server.js";
import type { DownloadProgress } from "./download.js";
import { findModel, modelsAt } from "./find-model.js";
import type { FindModelOptions } from "./found-model.js";

const ID = "owner/classifier";
const MODEL = convolutionalClassifier();
const CONFIG = JSON.stringify({ id2label: { 0: "cat", 1: "dog" } });
const PREPROCESSING = '{"do_resize": true}';

let server: ModelServer;
let root: string;

beforeEach(async () => {
  server = await new ModelServer().start();
  root = mkdtempSync(join(tmpdir(), "limn-hub-"));
  vi.stubEnv("HF_ENDPOINT", `${server.url}/`);
  vi.stubEnv("HF_HOME", root);
  for (const name of ["HF_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
    vi.stubEnv(name, undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(root, { recursive: true });
});

const repository = () => join(root, "hub", "models--owner--classifier");
const find = (options: FindModelOptions = {}) => findModel(ID, options);
const publish = (files: Record<string, Uint8Array | string> = {}, revision?: string) =>
  server.commit(
    ID,
    { "onnx/model.onnx": MODEL, "config.json": CONFIG, "preprocessor_config.json": PREPROCESSING, ...files },
    revision,
  );

describe("a model of the Hugging Face hub", () => {
  it("comes into the cache that other programs use, once", async () => {
    const commit = publish({ "onnx/model_quantized.onnx": "small", "model.safetensors": "weights" });
    const seen: DownloadProgress[] = [];
    const found = await find({ progress: (progress) => seen.push(progress) });

    const snapshot = join(repository(), "snapshots", commit);
    expect(found).toEqual({
      path: join(snapshot, "onnx", "model.onnx"),
      name: ID,
      config: join(snapshot, "config.json"),
      labels: join(snapshot, "config.json"),
      preprocessing: join(snapshot, "preprocessor_config.json"),
      warnings: [],
    });
    expect(readFileSync(join(repository(), "refs", "main"), "utf8")).toBe(commit);
    expect(readdirSync(join(repository(), "blobs")).sort()).toEqual(
      [sha256(MODEL), gitHash(Buffer.from(CONFIG)), gitHash(Buffer.from(PREPROCESSING))].sort(),
    );
    expect(lstatSync(found.path).isSymbolicLink()).toBe(true);
    expect(readFileSync(found.path)).toEqual(Buffer.from(MODEL));
    expect(server.downloads()).toHaveLength(2 * 2 + 2);
    expect(seen.at(-1)).toEqual({ file: `${ID}/onnx/model.onnx`, loaded: MODEL.length, total: MODEL.length });

    server.seen.length = 0;
    expect(await find()).toEqual(found);
    expect(server.downloads()).toEqual([]);
  });

  it("is refused where the answer describes no model", async () => {
    for (const content of ["<html>", '{"sha": "0", "siblings": ["model.onnx"]}']) {
      server.files.set(`/api/models/${ID}/revision/main`, { content: Buffer.from(content), headers: {} });
      await expect(find()).rejects.toThrow(
        /^owner\/classifier: the answer of 127.* does not describe a model; try again/,
      );
    }
  });

  it("is found by the address of its page", async () => {
    publish();
    await find();
    expect((await findModel(`https://huggingface.co/${ID}`)).name).toBe(ID);
  });

  it("is used as Python's programs have left it", async () => {
    const commit = publish();
    const blob = join(repository(), "blobs", sha256(MODEL));
    const link = join(repository(), "snapshots", commit, "onnx", "model.onnx");
    for (const path of [blob, link]) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(blob, MODEL);
    await symlink(`../../../blobs/${sha256(MODEL)}`, link);
    expect((await find()).path).toBe(link);
    expect(server.downloads().filter((path) => path.endsWith(".onnx"))).toEqual([]);
  });

  it("can be one of several files, by the address of its page", async () => {
    const other = Buffer.from("another");
    publish({ "onnx/model_fp32.onnx": other });
    const page = `https://huggingface.co/${ID}/blob/main/onnx/model_fp32.onnx`;
    const found = await findModel(page);
    expect(found).toMatchObject({ name: `${ID}/onnx/model_fp32.onnx`, labels: expect.stringMatching(/config\.json$/) });
    expect(readFileSync(found.path)).toEqual(other);
    const files = ["onnx/model.onnx", "onnx/model_fp32.onnx"];
    expect(await modelsAt(ID)).toEqual(files.map((file) => `https://huggingface.co/${ID}/resolve/main/${file}`));
    await expect(findModel(page.replace("fp32", "fp64"))).rejects.toThrow(
      "owner/classifier: onnx/model_fp64.onnx is not in it; its models are onnx/model.onnx, onnx/model_fp32.onnx",
    );
    await expect(modelsAt("owner/other")).rejects.toThrow(/^owner\/other: there is no such file here/);
  });

  it("can be of another revision", async () => {
    publish();
    const commit = publish({ "onnx/model.onnx": "another" }, "refs/pr/1");
    const found = await find({ revision: "refs/pr/1" });
    expect(readFileSync(found.path, "utf8")).toBe("another");
    expect(readFileSync(join(repository(), "refs", "refs", "pr", "1"), "utf8")).toBe(commit);

    server.seen.length = 0;
    expect((await find({ revision: commit })).path).toBe(found.path);
    expect(server.seen).toEqual([]);
  });

  it("is downloaded anew once the branch has moved", async () => {
    publish();
    const before = await find();
    publish({ "onnx/model.onnx": "retrained" });
    const after = await find();
    expect(readFileSync(after.path, "utf8")).toBe("retrained");
    expect(existsSync(before.path)).toBe(true);
  });

  it("brings weights that lie beside the model, and loads with them", async () => {
    const { model, weights } = externalModel("big.weights");
    publish({ "onnx/model.onnx": model, "onnx/big.weights": weights, "onnx/other.weights": "not needed" });
    const found = await find();
    const source = readModelFile(found.path, found.name);
    expect(source.bytes.byteLength).toBeLessThan(model.byteLength + 200);
    const classifier = await loadClassifier(source, onnxRuntime({ threads: 1 }));
    expect(classifier).toMatchObject({ classes: 4, location: ID });
    expect(server.downloads().some((path) => path.includes("other.weights"))).toBe(false);
  });

  it("leaves out labels that name nothing", async () => {
    publish({ "config.json": JSON.stringify({ id2label: { 0: "LABEL_0", 1: "LABEL_1" } }) });
    expect((await find()).labels).toBeUndefined();
  });
});

describe("a download", () => {
  it("goes on where it was interrupted", async () => {
    publish();
    server.faults.set("onnx/model.onnx", { cutAt: 5000 });
    await expect(find()).rejects.toThrow(
      /^owner\/classifier\/onnx\/model\.onnx: the download stopped after 5000 of \d+ bytes \(.*\); run the command again, and it goes on/,
    );
    const partial = join(repository(), "blobs", `${sha256(MODEL)}.incomplete`);
    expect(readFileSync(partial).byteLength).toBe(5000);
    expect(existsSync(join(repository(), "refs", "main"))).toBe(false);

    const loaded: number[] = [];
    const found = await find({ progress: (progress) => loaded.push(progress.loaded) });
    expect(loaded[0]).toBe(5000);
    expect(server.seen.findLast(({ server }) => server === "storage")?.range).toBe("bytes=5000-");
    expect(readFileSync(found.path)).toEqual(Buffer.from(MODEL));
    expect(existsSync(partial)).toBe(false);
  });

  it("begins anew where the server does not go on", async () => {
    publish();
    server.faults.set("onnx/model.onnx", { cutAt: 5000 });
    await expect(find()).rejects.toThrow("the download stopped");
    server.faults.set("onnx/model.onnx", { ignoresRanges: true });
    expect(readFileSync((await find()).path)).toEqual(Buffer.from(MODEL));
  });

  it("can be ended by the caller", async () => {
    publish();
    const controller = new AbortController();
    const progress = ({ file }: DownloadProgress) => {
      if (file.endsWith(".onnx")) controller.abort(new Error("enough"));
    };
    await expect(find({ progress, signal: controller.signal })).rejects.toThrow("enough");
    expect((await find()).name).toBe(ID);
  });

  it("happens once where two ask at the same time", async () => {
    publish();
    const [a, b] = await Promise.all([find(), find()]);
    expect(a).toEqual(b);
    expect(server.seen.filter(({ server }) => server === "storage")).toHaveLength(1);
  });

  it.each([
    [
      "the wrong content",
      "onnx/model.onnx",
      { content: new Uint8Array(MODEL.length) },
      /is damaged \(sha256 .*; it was deleted/,
    ],
    ["a wrong small file", "config.json", { content: new Uint8Array(CONFIG.length) }, /is damaged \(git-sha1 /],
    ["more than was announced", "onnx/model.onnx", { size: 100 }, /has \d+ bytes, not 100; it was deleted/],
  ])("refuses %s, and keeps nothing of it", async (_, file, fault, message) => {
    publish();
    server.faults.set(file, fault);
    await expect(find()).rejects.toThrow(
      expect.objectContaining({ code: "bad-model", message: expect.stringMatching(message) }),
    );
    const left = readdirSync(join(repository(), "blobs")).filter((name) => /incomplete|lock/.test(name));
    expect(left).toEqual([]);
    server.faults.clear();
    expect(readFileSync((await find()).path)).toEqual(Buffer.from(MODEL));
  });

  it("is refused where the disk has no room for it", async () => {
    publish();
    server.faults.set("onnx/model.onnx", { size: 2 ** 60 });
    await expect(find()).rejects.toThrow(
      expect.objectContaining({
        code: "output",
        message: expect.stringMatching(/the download needs \d+ MB, .* HF_HUB_CACHE/),
      }),
    );
  });
});

describe("a cache that can't be written", () => {
  it("is named, with what to do", async () => {
    publish();
    const file = join(root, "file");
    writeFileSync(file, "");
    vi.stubEnv("HF_HUB_CACHE", join(file, "hub"));
    await expect(find()).rejects.toThrow(
      expect.objectContaining({
        code: "output",
        message: `${join(file, "hub")}: downloads can't be stored there (ENOTDIR); choose another folder with HF_HUB_CACHE or LIMN_CACHE`,
      }),
    );
  });
});

describe("access", () => {
  it("is by HF_TOKEN, which the storage never sees", async () => {
    publish();
    server.restrict(ID, { token: "hf_secret" });
    await expect(find()).rejects.toThrow(/no such model at http.*, or it is private; then set HF_TOKEN/);
    vi.stubEnv("HF_TOKEN", "hf_wrong");
    await expect(find()).rejects.toThrow(/the token in HF_TOKEN may not read it/);
    vi.stubEnv("HF_TOKEN", "hf_secret");
    server.seen.length = 0;
    await find();
    const tokens = (name: string) => new Set(server.seen.filter((r) => r.server === name).map(({ token }) => token));
    expect(tokens("hub")).toEqual(new Set(["hf_secret"]));
    expect(tokens("storage")).toEqual(new Set([undefined]));
  });

  it("is by the token that a login has stored", async () => {
    publish();
    server.restrict(ID, { token: "hf_stored" });
    writeFileSync(join(root, "token"), "hf_stored\n");
    expect((await find()).name).toBe(ID);
  });

  it("asks for consent to conditions", async () => {
    publish();
    server.restrict(ID, "gated");
    await expect(find()).rejects.toThrow(
      /gives access on request; ask for it at http.*owner\/classifier and set HF_TOKEN/,
    );
  });
});

describe("a model that can't be had", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      "weights for other frameworks",
      { "model.safetensors": "a", "pytorch_model.bin": "b", "config.json": "{}" },
      /^owner\/classifier: there is no \.onnx file in it, only weights for other frameworks: model\.safetensors, pytorch_model\.bin; export it \(pip install "optimum\[onnx\]", then optimum-cli export onnx --model owner\/classifier DIR, .*\), or use an export: http.*search=classifier$/,
    ],
    ["nothing of use", { "README.md": "a" }, /no \.onnx file in it, only README\.md; export it/],
    [
      "quantized models only",
      { "onnx/model_quantized.onnx": "a", "onnx/model_q4f16.onnx": "b" },
      /no float32 model is there, only onnx\/model_q4f16\.onnx, .*name it, such as http.*\/resolve\/main\/onnx\/model_q4f16\.onnx/,
    ],
    [
      "several models",
      { "a.onnx": "a", "b.onnx": "b" },
      /there are several models in it, a\.onnx, b\.onnx; name one, such as http/,
    ],
  ])("has %s", async (_, files, message) => {
    server.commit(ID, files);
    await expect(find()).rejects.toThrow(
      expect.objectContaining({ code: "bad-model", message: expect.stringMatching(message) }),
    );
  });

  it("has another revision", async () => {
    publish();
    await expect(find({ revision: "v9" })).rejects.toThrow(
      /^owner\/classifier \(revision v9\): there is no such revision; give a branch, tag or commit/,
    );
  });
});

describe("without the hub", () => {
  it("uses what is cached, and says so", async () => {
    publish();
    const online = await find();
    await server.stop();
    const { warnings, ...found } = await find();
    expect({ ...found, warnings: [] }).toEqual(online);
    expect(warnings).toEqual([
      expect.stringMatching(/^owner\/classifier: using the copy in the cache; the hub can't be reached \(127/),
    ]);
    await server.start();
  });

  it("refuses what is not cached", async () => {
    await server.stop();
    await expect(find()).rejects.toThrow(
      /the hub can't be reached \(127\.0\.0\.1:\d+: the server refuses connections\); go online/,
    );
    await server.start();
  });

  it("asks nobody where HF_HUB_OFFLINE is set", async () => {
    publish();
    const online = await find();
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    server.seen.length = 0;
    expect(await find()).toEqual(online);
    expect(server.seen).toEqual([]);
    await expect(find({ revision: "v9" })).rejects.toThrow(/not in the cache, and HF_HUB_OFFLINE is set/);
  });

  it("uses no model whose weights are not all there", async () => {
    const { model, weights } = externalModel("model.onnx_data");
    publish({ "onnx/model.onnx": model, "onnx/model.onnx_data": weights });
    server.faults.set("onnx/model.onnx_data", { cutAt: 100 });
    await expect(find()).rejects.toThrow("the download stopped");
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(find()).rejects.toThrow("is not in the cache");
  });
});
