import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultMethods } from "@limn/core";
import { starts } from "@limn/onnxruntime";
import { afterAll, describe, expect, it, vi } from "vitest";
import { residual } from "../../core/src/testing/networks.js";
import { ModelServer } from "../../node/src/testing/model-server.js";
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
    expect(readdirSync(work.path("out"))).toHaveLength(1 + defaultMethods.length);
  });

  it.skipIf(process.platform === "win32")("tells nobody of the model: ONNX Runtime's telemetry is off", () => {
    const home = work.path("home");
    mkdirSync(home);
    // it is off in tests and on build servers, by what their environment says
    const { CI: _, ORT_DISABLE_TELEMETRY: __, ...rest } = process.env;
    const env = { ...rest, HOME: home, XDG_CACHE_HOME: home };
    expect(spawnSync(process.execPath, [bin, "layers", work.model], { env }).status).toBe(0);
    // an identifier of the machine would be there, and what is to be sent
    expect(readdirSync(home)).toEqual([]);
  });

  it("hands its exit code on", () => {
    expect(spawnSync(process.execPath, [bin, "explain"]).status).toBe(2);
    expect(spawnSync(process.execPath, [bin, "layers", "none.onnx"]).status).toBe(1);
  });

  it.skipIf(starts("webgpu"))("says that a provider does not start, without its library's log", () => {
    const args = [bin, "explain", work.model, cat, "--preprocess", "unit", "--provider", "webgpu"];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect([status, stderr.trim().split("\n")]).toEqual([
      2,
      [expect.stringMatching(/^limn: provider "webgpu" .*cpu$/)],
    ]);
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

  it.skipIf(!existsSync("/dev/full"))("says in one line that the disk is full", () => {
    const full = openSync("/dev/full", "w");
    const child = spawnSync(process.execPath, [bin, "layers", work.model], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect([child.status, child.stderr]).toEqual([1, "limn: what it prints can't be written: the disk is full\n"]);
  });

  // on Windows, no program can send another what Ctrl-C sends
  it.skipIf(process.platform === "win32")(
    "can be interrupted while it downloads a model, and goes on from there",
    async () => {
      const server = await new ModelServer().start();
      server.files.set("/net.onnx", { content: residual(), headers: { etag: '"1"' } });
      server.faults.set("/net.onnx", { stallAt: 5000 });
      const cache = work.folder("cache");
      const start = () => {
        const child = spawn(process.execPath, [bin, "layers", `${server.url}/net.onnx`], {
          env: { ...process.env, LIMN_CACHE: cache, HF_HUB_OFFLINE: "" },
          stdio: "ignore",
        });
        return { child, ended: new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code))) };
      };
      const filesInCache = () =>
        readdirSync(cache, { recursive: true, encoding: "utf8" })
          .map((name) => statSync(join(cache, name)))
          .flatMap((entry) => (entry.isFile() ? [entry.size] : []));
      const { child, ended } = start();
      await vi.waitFor(() => expect(filesInCache()).toContain(5000), 10_000);
      child.kill("SIGINT");
      expect(await ended).toBe("SIGINT");
      expect(filesInCache()).toEqual([5000]);
      expect(await start().ended).toBe(0);
      expect(server.seen.at(-1)?.range).toBe("bytes=5000-");
      await server.stop();
    },
  );
});
