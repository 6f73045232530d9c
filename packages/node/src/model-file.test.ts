import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Classifier, compile, Explainer, encodeForSaving, loadClassifier } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { noise } from "../../core/src/testing/explaining.js";
import { residual } from "../../core/src/testing/networks.js";
import { readModelFile, weightReader } from "./model-file.js";
import { onnxRuntime } from "./runtime.js";

const folder = mkdtempSync(join(tmpdir(), "limn-model-file-"));
const runtime = onnxRuntime({ threads: 1 });
const path = join(folder, "model.onnx");
writeFileSync(path, residual());
afterAll(() => rmSync(folder, { recursive: true }));

const requests = [{ method: "saliency" }, { method: "grad-cam" }];

async function saliencyOf(classifier: Classifier): Promise<Float32Array | undefined> {
  const explainer = await Explainer.create(compile(classifier, requests), runtime);
  const [explanation] = await explainer.explain(noise(classifier.image.dims), [1]);
  await explainer.release();
  return explanation?.maps[0]?.values;
}

describe("readModelFile", () => {
  it("gives a model whose weights stay in the file", async () => {
    const source = readModelFile(path);
    expect(source.location).toBe("model.onnx");
    expect(source.weights.files).toBeUndefined();
    expect(source.bytes.byteLength).toBeLessThan(statSync(path).size / 2);
    const fromFile = await saliencyOf(await loadClassifier(source, runtime));
    const bytes = readFileSync(path);
    const whole = { location: "model.onnx", bytes, weights: { files: new Map([["model.onnx", bytes]]) } };
    const fromMemory = await saliencyOf(await loadClassifier(whole, runtime));
    expect(fromFile).toEqual(fromMemory);
  });

  it("follows a link to a model elsewhere", async () => {
    const link = join(folder, "links", "linked.onnx");
    mkdirSync(join(folder, "links"));
    symlinkSync(path, link);
    const linked = await saliencyOf(await loadClassifier(readModelFile(link), runtime));
    expect(linked).toEqual(await saliencyOf(await loadClassifier(readModelFile(path), runtime)));
  });

  it.each([
    ["nothing.onnx", /nothing.onnx: there is no such file; check the path$/],
    ["model.onnx/inside", /model.onnx\/inside: it can't be read \(ENOTDIR\)$/],
    [".", /: this is a folder; give the path of the .onnx file in it$/],
  ])("refuses %s", (name, message) => {
    expect(() => readModelFile(join(folder, name))).toThrow(message);
    expect(() => readModelFile(join(folder, name))).toThrow(expect.objectContaining({ code: "bad-model" }));
  });

  it("knows the sizes of the files next to it", () => {
    const { weights } = readModelFile(path);
    expect(weights.sizeOf?.("model.onnx")).toBe(statSync(path).size);
    expect(weights.sizeOf?.("absent.data")).toBeUndefined();
  });
});

describe("weightReader", () => {
  it("reads what a saved explanation holds", async () => {
    const compiled = compile(await loadClassifier(readModelFile(path), runtime), requests);
    const session = await runtime.createSession(encodeForSaving(compiled, weightReader(folder)));
    expect(session.outputs.map((o) => o.name)).toEqual([
      "saliency",
      "grad-cam",
      "logits",
      "probabilities",
      "explained",
    ]);
    await session.release();
  });

  it("refuses a range behind the end", () => {
    writeFileSync(join(folder, "short.data"), new Uint8Array(10));
    expect(() => weightReader(folder)("short.data", 4, 10)).toThrow(/short.data: ends 4 bytes too early/);
  });
});
