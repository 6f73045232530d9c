import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { residual } from "../../packages/core/src/testing/networks.js";
import { transformer } from "../../packages/core/src/testing/transformer.js";

const folder = mkdtempSync(join(tmpdir(), "limn-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const model = join(folder, "small.onnx");
writeFileSync(model, residual());

const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function measure(...args: string[]) {
  const output = execFileSync(process.execPath, [scriptOf("measure.mjs"), model, "--threads", "1", ...args], {
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

it("measures a transformer's methods when it is asked to, and says which a network can't have", () => {
  const vit = join(folder, "vit.onnx");
  writeFileSync(vit, transformer());
  const [about, timed, shown] = answers(vit, { run: "forward" }, { run: "rollout", show: true });
  expect(about.failed).toEqual({});
  expect(about.runs).toEqual(expect.arrayContaining(["forward", "attn-lrp", "together"]));
  expect([timed.ms > 0, timed.cpu_ms > 0, timed.values]).toEqual([true, true, undefined]);
  expect(shown.values).toHaveLength(4);
  expect(answers(model)[0].failed.rollout).toContain("attention");
});

function answers(path: string, ...questions: object[]) {
  const output = execFileSync(process.execPath, [scriptOf("transformer.mjs"), path, "--threads", "1"], {
    encoding: "utf8",
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(""),
  });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

it("measures the memory of one method alone", () => {
  const { memory_mib } = measure("--only", "lrp/epsilon");
  expect(memory_mib.peak).toBeGreaterThan(memory_mib.before);
});
