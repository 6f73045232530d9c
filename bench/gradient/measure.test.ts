import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, Explainer, encodeNpy, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile } from "@limn/node";
import { afterAll, expect, it } from "vitest";
import { noise } from "../../packages/core/src/testing/explaining.js";
import { residual } from "../../packages/core/src/testing/networks.js";

const cache = mkdtempSync(join(tmpdir(), "limn-bench-"));
afterAll(() => rmSync(cache, { recursive: true }));

it("measures a small network once, and finds no difference from what it should give", async () => {
  const model = join(cache, "small.onnx");
  writeFileSync(model, residual());
  const runtime = onnxRuntime({ threads: 1 });
  const classifier = await loadClassifier(readModelFile(model), runtime);
  const requests = [{ method: "saliency", options: { reduce: "none" } }, { method: "grad-cam" }];
  const explainer = await Explainer.create(compile(classifier, requests), runtime);
  const image = noise(classifier.image.dims);
  const [explanation] = await explainer.explain(image);
  await explainer.release();
  // what the Python half leaves in the cache
  writeFileSync(join(cache, "small.image.npy"), encodeNpy(image.dims, image.data as Float32Array));
  for (const { request, shape, values } of explanation?.maps ?? []) {
    writeFileSync(join(cache, `small.${request.name}.npy`), encodeNpy(shape, values));
  }

  const script = fileURLToPath(new URL("measure.mjs", import.meta.url));
  const args = [script, "small", "--cache", cache, "--threads", "1", "--rounds", "1", "--warmup", "0"];
  const result = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(Object.keys(result.median_ms).sort()).toEqual(["forward", "grad-cam", "saliency"]);
  for (const ms of Object.values(result.median_ms)) expect(ms).toBeGreaterThan(0);
  for (const { max } of Object.values<{ max: number }>(result.difference_from_pytorch)) expect(max).toBeLessThan(1e-5);
  expect(result.memory_mib.peak).toBeGreaterThan(result.memory_mib.before);
});
