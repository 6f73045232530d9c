import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, Explainer, encodeForSaving, methods } from "@limn/core";
import { findModel, loadModel, onnxRuntime, weightReader, writeNpy } from "@limn/node";
import { afterAll, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("saved-files.py", import.meta.url));
const python = process.env.LIMN_PYTHON;
const ready = python !== undefined && spawnSync(python, ["-c", "import numpy, onnxruntime"]).status === 0;
const reason = python ? `${python} has no numpy and onnxruntime` : "LIMN_PYTHON names no Python";

/** Few runs for the methods that take many. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "smooth-grad": { samples: 6 },
  "integrated-gradients": { samples: 6 },
  rise: { masks: 40 },
  occlusion: { window: 48, stride: 40 },
};

const work = mkdtempSync(join(tmpdir(), "limn-saved-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.skipIf(!ready)(`saved explanations in Python${ready ? "" : ` (${reason})`}`, () => {
  it("give the same maps for every method, as a share of the largest value", { timeout: 300_000 }, async () => {
    const runtime = onnxRuntime({ threads: 1 });
    const classifier = await loadModel(await findModel("scenes-resnet"), runtime);
    const { dims } = classifier.image;
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i / 97));
    await writeNpy(join(work, "image.npy"), dims, data);
    await writeNpy(join(work, "target.npy"), [1], Float32Array.of(5));
    const made: string[] = [];
    for (const method of Object.keys(methods)) {
      const requests = [{ method, ...(OPTIONS[method] && { options: OPTIONS[method] }) }];
      const refused: unknown[] = [];
      const onRefused = (_: unknown, why: unknown) => refused.push(why);
      const saved = compile(classifier, requests, { scores: false, iterated: "loop", onRefused });
      if (refused.length > 0) continue;
      writeFileSync(
        join(work, `${method}.onnx`),
        encodeForSaving(saved, weightReader(classifier.weights.folder ?? ".")),
      );
      // the steps one by one: what `limn explain` shows
      const explainer = await Explainer.create(compile(classifier, requests), runtime);
      const [explanation] = await explainer.explain({ dtype: "float32", dims, data }, [5]);
      await explainer.release();
      const map = explanation?.maps[0];
      await writeNpy(join(work, `${method}.npy`), map?.shape ?? [], map?.values ?? new Float32Array());
      made.push(method);
    }
    expect(made).toEqual(expect.arrayContaining([...Object.keys(OPTIONS), "score-cam", "grad-cam", "lrp"]));
    const { stdout, stderr, status } = spawnSync(python as string, [SCRIPT, work], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    const differences = Object.entries(JSON.parse(stdout) as Record<string, number>);
    expect(differences.map(([name]) => name).sort()).toEqual(made.sort());
    for (const [name, difference] of differences) expect(difference, name).toBeLessThan(1e-5);
  });
});
