import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const built = existsSync(new URL("../packages/node/dist/index.js", import.meta.url));
const scripts = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, "index.mjs")));

const work = mkdtempSync(join(tmpdir(), "limn-examples-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: work, encoding: "utf8" });

describe.skipIf(!built)(`examples${built ? "" : " (not built)"}`, () => {
  it("each have a README", () => {
    for (const name of readdirSync(EXAMPLES, { withFileTypes: true })) {
      if (name.isDirectory()) expect(existsSync(join(EXAMPLES, name.name, "README.md")), name.name).toBe(true);
    }
  });

  it.each(scripts)("%s runs", (name) => {
    const { status, stdout, stderr } = run(process.execPath, join(EXAMPLES, name, "index.mjs"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.trim()).not.toBe("");
  });

  const python = process.env.LIMN_PYTHON ?? "python3";
  const ready = run(python, "-c", "import numpy, onnxruntime").status === 0;
  it.skipIf(!ready)(`run-in-python gives the same in Python${ready ? "" : ` (${python} has no onnxruntime)`}`, () => {
    expect(run(process.execPath, join(EXAMPLES, "run-in-python", "index.mjs")).status).toBe(0);
    const { status, stdout, stderr } = run(python, join(EXAMPLES, "run-in-python", "run.py"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/grad-cam.*differs by/);
  });
});
