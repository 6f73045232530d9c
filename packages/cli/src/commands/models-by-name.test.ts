import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeModel } from "@limn/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { residual } from "../../../core/src/testing/networks.js";
import { ModelServer } from "../../../node/src/testing/model-server.js";
import { limn, Workspace } from "../testing/command-line.js";

const ID = "owner/classifier";
const CLASSES = ["cat", "dog", "bird", "car", "bicycle"];
const PREPROCESSING = {
  image_processor_type: "ViTImageProcessor",
  do_resize: true,
  resample: 3,
  size: { height: 32, width: 32 },
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
};

const work = new Workspace();
const cache = mkdtempSync(join(tmpdir(), "limn-cli-cache-"));
const server = new ModelServer();
const picture = await work.picture("cat.png");

beforeAll(async () => {
  await server.start();
  server.commit(ID, {
    "onnx/model.onnx": residual(),
    "config.json": JSON.stringify({ id2label: { ...CLASSES } }),
    "preprocessor_config.json": JSON.stringify(PREPROCESSING),
  });
  vi.stubEnv("HF_ENDPOINT", server.url);
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("LIMN_CACHE", cache);
  for (const name of ["HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]) vi.stubEnv(name, undefined);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  work.remove();
  rmSync(cache, { recursive: true });
});

describe("a model of the Hugging Face hub", () => {
  it("is explained with nothing but its id", async () => {
    const { code, stdout, stderr } = await limn(
      ...["explain", ID, picture, "--target", "dog", "--json", "--method", "grad-cam", "--out", work.path("hub")],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout);
    expect(document.model).toMatchObject({ file: ID, preprocessing: { mean: [0.5, 0.5, 0.5] } });
    expect(document.results[0].target).toMatchObject({ index: 1, label: "dog" });
  });

  it("is listed and compiled, with its labels", async () => {
    const listed = await limn("layers", ID);
    expect([listed.code, listed.stderr]).toEqual([0, ""]);
    expect(listed.stdout).toContain("stage3");

    const out = work.path("compiled.onnx");
    const { code, stderr } = await limn("compile", ID, "--method", "grad-cam", "--out", out, "--revision", "main");
    expect([code, stderr]).toEqual([0, ""]);
    const { metadata } = decodeModel(readFileSync(out), "compiled.onnx");
    expect(JSON.parse(metadata.get("limn.labels") ?? "")).toEqual(CLASSES);
    expect(JSON.parse(metadata.get("limn.model") ?? "")).toBe(ID);
  });

  it("yields to what the caller names", async () => {
    const { stdout } = await limn(
      ...["explain", ID, picture, "--labels", work.labels, "--preprocess", "unit", "--json"],
      ...["--method", "saliency", "--out", work.path("named")],
    );
    const document = JSON.parse(stdout);
    expect(document.model.preprocessing).toMatchObject({ mean: [0] });
    expect(work.labels && document.results[0].target.label).toMatch(/^(cat|dog|sand_piper|kite|kiwi)$/);
  });

  it("can be of the revision that --revision names", async () => {
    const { code, stderr } = await limn("layers", ID, "--revision", "v9");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^limn: owner\/classifier \(revision v9\): there is no such revision; .*\n$/);
    const refused = await limn("layers", work.model, "--revision", "v9");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /is not a model of the Hugging Face hub, and only those have revisions; leave the revision out\n$/,
    );
  });

  it("is used from the cache, with a warning, where the hub can't be reached", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const { code, stderr } = await limn("layers", ID);
    vi.stubEnv("HF_ENDPOINT", server.url);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^limn: warning: owner\/classifier: using the copy in the cache; .*\n$/);
  });

  it("needs an .onnx file", async () => {
    server.commit("owner/torch", { "model.safetensors": "weights" });
    const { code, stderr } = await limn("explain", "owner/torch", picture);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^limn: owner\/torch: .*model\.safetensors; export it \(pip install "optimum\[onnx\]".*\n$/);
  });
});

describe("a model at an address", () => {
  it("is explained", async () => {
    server.files.set("/net.onnx", { content: residual(), headers: { etag: '"1"' } });
    const { code } = await limn("layers", `${server.url}/net.onnx`);
    expect(code).toBe(0);
  });
});

it("names near matches of embedded models", async () => {
  const { code, stderr } = await limn("layers", "scenes-resnt");
  expect(code).toBe(1);
  expect(stderr).toMatch(/scenes-resnt: there is no such file, .*did you mean "scenes-resnet"/);
});
