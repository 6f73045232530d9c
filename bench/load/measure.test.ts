import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { residual } from "../../packages/core/src/testing/networks.js";

const cache = mkdtempSync(join(tmpdir(), "limn-bench-"));
afterAll(() => rmSync(cache, { recursive: true }));

it("measures each step of a small network, and what ONNX Runtime takes of it", () => {
  writeFileSync(join(cache, "small.onnx"), residual());
  const script = fileURLToPath(new URL("measure.mjs", import.meta.url));
  const args = [script, "small", "--cache", cache, "--threads", "1", "--methods", "saliency"];
  const { nodes, steps } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(nodes.compiled).toBeGreaterThan(nodes.model);
  expect(Object.keys(steps)).toEqual(["load", "compile", "session"]);
  for (const { cpu, ours } of Object.values<{ cpu: number; ours: number }>(steps)) {
    expect(cpu).toBeGreaterThan(0);
    expect(ours).toBeLessThanOrEqual(cpu);
  }
  expect(steps.compile.sessions).toBe(0);
  expect(steps.session.sessions).toBe(1);
});
