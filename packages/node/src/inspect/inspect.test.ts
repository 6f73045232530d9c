import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeNpy, methods, singleRunMethods } from "@limn/core";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { NetworkWriter, networks, residual } from "../../../core/src/testing/networks.js";
import { onnxRuntime } from "../runtime.js";
import { externalModel } from "../testing/external-model.js";
import { inspect } from "./inspect.js";
import type { InspectedPhoto, InspectedView } from "./inspection.js";

const root = mkdtempSync(join(tmpdir(), "limn-inspect-"));
afterAll(() => rmSync(root, { recursive: true }));
const runtime = onnxRuntime({ threads: 1 });

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const model = write("net.onnx", networks.residual());
const photo = join(root, "photo.png");
await sharp({ create: { width: 40, height: 30, channels: 3, background: "orange" } }).toFile(photo);

const notOfAttention = singleRunMethods.filter((name) => methods[name].family !== "attention");

const viewsOf = (photos: readonly InspectedPhoto[] | null): readonly InspectedView[] => {
  const [first] = photos ?? [];
  return first && "views" in first ? first.views : [];
};

describe("inspect", () => {
  it("says what a file is, what it takes and gives, and what can be done with it", async () => {
    const found = await inspect(model, runtime);
    expect(found).toMatchObject({
      model: "net.onnx",
      file: { path: model, producer: "limn", nodes: expect.any(Number), weightFiles: [], quantized: false },
      input: { name: "input", shape: [1, 3, 32, 32], summary: "color pictures of 32x32 pixels, channels first" },
      output: { kind: "classes", classes: 5 },
      labels: { from: null, names: [] },
      preprocessing: { source: "guess", preset: "imagenet", values: { mean: [0.485, 0.456, 0.406] } },
      layers: { notable: [{ stage: "stem" }, {}, {}, { stage: "stage3", isDefault: true }], caution: null },
      obstacles: [],
      photos: [],
      warnings: [],
      refusals: [],
    });
    const fitting = found.methods?.filter(({ refused, manyRuns }) => refused === null && !manyRuns);
    expect(fitting?.map(({ method }) => method)).toEqual(notOfAttention);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it("names the files of weights, and those that are missing", async () => {
    const { model: bytes, weights } = externalModel("weights.bin");
    const path = write("external/net.onnx", bytes);
    const missing = await inspect(path, runtime);
    expect(missing.file?.weightFiles).toEqual([{ name: "weights.bin", bytes: null }]);
    expect(missing.refusals).toEqual([expect.stringContaining('"weights.bin", which is missing')]);
    expect([missing.output, missing.layers, missing.methods]).toEqual([null, null, null]);
    write("external/weights.bin", weights);
    const whole = await inspect(path, runtime);
    expect(whole.file?.weightFiles).toEqual([{ name: "weights.bin", bytes: weights.byteLength }]);
    expect(whole.refusals).toEqual([]);
  });

  it("classifies photos under every preset, the chosen one first", async () => {
    const { photos } = await inspect(model, runtime, { photos: [photo], preprocess: "tf" });
    const views = viewsOf(photos);
    expect(views.map(({ preset, chosen }) => [preset, chosen])).toEqual([
      ["tf", true],
      ["imagenet", false],
      ["clip", false],
      ["unit", false],
      ["raw", false],
      ["caffe", false],
    ]);
    for (const { top, entropy } of views) {
      const p = top.map(({ probability }) => probability);
      expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(p).toEqual(p.toSorted((a, b) => b - a));
      expect(entropy).toBeCloseTo(
        p.reduce((sum, v) => sum - v * Math.log2(v || 1), 0),
        4,
      );
    }
    // 0 to 255 makes a network surer than -1 to 1
    expect(views[4]?.top[0]?.probability).toBeGreaterThan(views[0]?.top[0]?.probability as number);
  });

  it("calls a preprocessing of the model's own by no preset's name, and cuts all pictures as it does", async () => {
    write("own/preprocessor_config.json", '{"do_resize": true, "size": 32, "image_mean": [0.4], "image_std": [0.3]}');
    const own = await inspect(write("own/net.onnx", networks.residual()), runtime, { photos: [photo] });
    expect(own.preprocessing).toMatchObject({ source: "file", preset: null });
    expect(viewsOf(own.photos).map(({ preset }) => preset)).toEqual([
      "own",
      "imagenet",
      "clip",
      "tf",
      "unit",
      "raw",
      "caffe",
    ]);
    expect(own.warnings).toEqual([expect.stringContaining('"resample" is missing')]);
  });

  it("takes tensors as they are, and goes on after what can't be read", async () => {
    const tensor = write("input.npy", encodeNpy([3, 32, 32], new Float32Array(3 * 32 * 32)));
    const wrong = write("wrong.npy", encodeNpy([3, 8, 8], new Float32Array(3 * 8 * 8)));
    const broken = write("broken.png", "no picture");
    const { photos, refusals } = await inspect(model, runtime, { photos: [broken, wrong, tensor, photo] });
    expect(photos).toMatchObject([
      { path: broken, error: expect.stringContaining("broken.png") },
      { path: wrong, error: expect.stringContaining("[3, 8, 8]") },
      { path: tensor, views: [{ preset: "as it is", chosen: true }] },
      { path: photo, views: { length: 6 } },
    ]);
    expect(refusals).toEqual([]);
  });

  it("has no entropy for independent labels and values, and no classes where scores are not numbers", async () => {
    const labels = await inspect(write("labels.onnx", networks.multiLabel()), runtime, { photos: [photo] });
    expect(labels.output?.kind).toBe("labels");
    expect(viewsOf(labels.photos).map(({ entropy }) => entropy)).toEqual(Array(6).fill(null));
    const net = new NetworkWriter("overflowing", [1, 3, 16, 16]);
    const large = net.node("Mul", "mul", [net.conv("conv", net.image, [3, 4]), net.constant("huge", [], [1e30])]);
    const x = net.node("Exp", "exp", [large]);
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
    const overflowing = await inspect(write("overflowing.onnx", bytes), runtime, { photos: [photo] });
    expect(viewsOf(overflowing.photos)[0]).toMatchObject({ top: [], entropy: null });
  });

  it("says what it can of a model that can't be explained, and why not", async () => {
    const net = new NetworkWriter("two", [1, 3, 32, 32]);
    const sum = net.node("Add", "add", [net.image, net.graph.addInput("mask", "float32", [1])]);
    const path = write("two.onnx", net.bytes(net.flatten("flatten", net.globalPool("pool", net.relu("relu", sum)))));
    const found = await inspect(path, runtime, { photos: [photo] });
    expect(found.file?.inputs.map(({ name }) => name)).toEqual(["input", "mask"]);
    expect(found.refusals).toEqual([expect.stringContaining('the model has 2 inputs ("input", "mask")')]);
    expect([found.input, found.preprocessing, found.photos]).toEqual([null, null, null]);

    const damaged = await inspect(write("damaged.onnx", "damaged"), runtime);
    expect([damaged.model, damaged.file]).toEqual(["damaged.onnx", null]);
    expect(damaged.refusals).toEqual([expect.stringContaining("damaged.onnx: this is not an ONNX model")]);
  });

  it("goes on where only the preprocessing can't be used", async () => {
    write("wrong/preprocessor_config.json", "{");
    const found = await inspect(write("wrong/net.onnx", networks.residual()), runtime);
    expect(found.preprocessing).toBeNull();
    expect(found.output?.classes).toBe(5);
    expect(found.layers?.count).toBeGreaterThan(5);
    expect(found.refusals).toEqual([expect.stringContaining("preprocessor_config.json: not JSON")]);
  });

  it("says of a model of batches what can be said, and how to choose a batch of 1", async () => {
    const path = write("batch.onnx", residual({ batch: 2 }));
    const { output, methods, refusals } = await inspect(path, runtime);
    expect([output?.classes, methods]).toEqual([5, null]);
    expect(refusals).toEqual([expect.stringContaining("choose a batch of 1 with --input-shape 1,3,32,32")]);
    expect((await inspect(path, runtime, { inputShape: [1, 3, 32, 32] })).refusals).toEqual([]);
  });

  it("leaves inputs that take no picture to tensors", async () => {
    const net = new NetworkWriter("bands", [1, 12, 16, 16]);
    const x = net.relu("relu", net.conv("conv", net.image, [12, 3]));
    const bytes = net.bytes(net.flatten("flatten", net.globalPool("pool", x)));
    const found = await inspect(write("bands.onnx", bytes), runtime, { photos: [photo] });
    expect(found).toMatchObject({ preprocessing: { source: "none", values: null }, refusals: [] });
    expect(found.photos).toEqual([{ path: photo, error: expect.stringContaining("[1, 12, 16, 16] takes no picture") }]);
  });

  it("throws where there is no model", async () => {
    const none = inspect(join(root, "none.onnx"), runtime);
    await expect(none).rejects.toThrow(/none\.onnx: there is no such file; check the path/);
    await expect(inspect("no-such-name", runtime)).rejects.toThrow(/no-such-name: there is no such file/);
  });
});
