import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { residual } from "../../packages/core/src/testing/networks.js";

const folder = mkdtempSync(join(tmpdir(), "limn-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const model = join(folder, "small.onnx");
writeFileSync(model, residual());

function measure(...args: string[]) {
  const script = fileURLToPath(new URL("measure.mjs", import.meta.url));
  const output = execFileSync(process.execPath, [script, model, "--threads", "1", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output);
}

it("measures every method of a small network once", () => {
  const { samples_ms } = measure("--rounds", "1", "--warmup", "0");
  for (const [key, samples] of Object.entries<Record<string, number[]>>(samples_ms)) {
    expect(samples.failed, key).toBeUndefined();
    for (const times of Object.values(samples)) for (const ms of times) expect(ms, key).toBeGreaterThan(0);
    expect(samples.method?.length, key).toBeGreaterThan(0);
  }
});

it("measures methods of attention, and says what a network without it can't have", () => {
  const { samples_ms } = measure("--attention", "--rounds", "1", "--warmup", "0");
  expect(samples_ms.saliency.method.length).toBe(1);
  expect(samples_ms.rollout.failed).toContain("attention");
});

it("measures the memory of one method alone", () => {
  const { memory_mib } = measure("--only", "lrp/epsilon");
  expect(memory_mib.peak).toBeGreaterThan(memory_mib.before);
});
