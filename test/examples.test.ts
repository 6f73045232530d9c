import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

  // one after the other in one process, so that Limn is loaded once
  const MARK = "#####";
  const lines = scripts.flatMap((name) => [
    `for (const stream of [process.stdout, process.stderr]) stream.write(${JSON.stringify(`${MARK}${name}\n`)});`,
    `await import(${JSON.stringify(pathToFileURL(join(EXAMPLES, name, "index.mjs")).href)});`,
  ]);
  let all: ReturnType<typeof run> | undefined;
  beforeAll(() => {
    all = run(process.execPath, "--input-type=module", "--eval", lines.join("\n"));
  }, 300_000);
  /** What an example printed; undefined if it was not begun. */
  const printedBy = (name: string, text = "") =>
    text
      .split(MARK)
      .find((part) => part.startsWith(`${name}\n`))
      ?.slice(name.length + 1);

  it.each(scripts)("%s runs", (name) => {
    expect(printedBy(name, all?.stderr)).toBe("");
    expect(printedBy(name, all?.stdout)?.trim()).toMatch(/./);
  });

  it("end well", () => {
    expect(all?.status).toBe(0);
  });

  const python = process.env.LIMN_PYTHON ?? "python3";
  const ready = run(python, "-c", "import numpy, onnxruntime").status === 0;
  it.skipIf(!ready)(`run-in-python gives the same in Python${ready ? "" : ` (${python} has no onnxruntime)`}`, () => {
    const { status, stdout, stderr } = run(python, join(EXAMPLES, "run-in-python", "run.py"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/grad-cam.*differs by/);
  });
});
