import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Workspace } from "./testing/command-line.js";

const bin = fileURLToPath(new URL("../bin/limn.js", import.meta.url));
const built = existsSync(new URL("../dist/main.js", import.meta.url));
const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");

describe.skipIf(!built)(`bin/limn.js${built ? "" : " (not built)"}`, () => {
  it("is the command line", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [bin, "explain", work.model, cat, "--preprocess", "unit", "--out", work.path("out")],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("cat.sheet.png");
    expect(readdirSync(work.path("out"))).toHaveLength(5);
  });

  it("hands its exit code on", () => {
    expect(spawnSync(process.execPath, [bin, "explain"]).status).toBe(2);
    expect(spawnSync(process.execPath, [bin, "layers", "none.onnx"]).status).toBe(1);
  });

  it("is not upset where nobody reads its output to the end", async () => {
    const child = spawn(process.execPath, [bin, "layers", work.model], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, stderr]).toEqual([0, ""]);
  });
});
