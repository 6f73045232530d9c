import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runQueueWorker } from "@limn/evaluate";
import { onnxRuntime } from "@limn/node";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { RedisServer, withoutRedis } from "../../../../test/redis-server.mjs";
import { begun, limn, Workspace } from "../testing/command-line.js";

const bin = fileURLToPath(new URL("../../bin/limn.js", import.meta.url));
const built = existsSync(new URL("../../dist/main.js", import.meta.url));
const work = new Workspace();
const server = new RedisServer();
if (!withoutRedis) await server.start();
const children: Child[] = [];
afterEach(() => {
  for (const { child } of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await server.stop();
  work.remove();
});

interface Child {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly said: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

function start(...args: string[]): Child {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => signal ?? code);
  const started = { child, said: () => text, ended };
  children.push(started);
  return started;
}

/** Small, and enough that most of a second's work is left to do when the first results are there. */
const PICTURES = 32;
const BATCH = 2;
const DATA = `scenes:count=${PICTURES},size=32`;
const EVALUATION = ["evaluate", "scenes-resnet", "--data", DATA, "--batch", String(BATCH)];
const QUICK = ["--method", "grad-cam", "--curves", "0", "--no-shattering", "--sanity", "0", "--threads", "1"];
const evaluation = (out: string, ...args: string[]) => [...EVALUATION, ...QUICK, ...args, "--out", out];
const queued = (out: string) => evaluation(out, "--queue", server.url);
const worker = () => start("worker", "--queue", server.url, "--workers", "1", "--threads", "1", "--lease", "1");

/** Lines of a log after its head. */
const chunksIn = (out: string): number[] => {
  const path = join(out, "results.jsonl");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(1) : [];
  return lines.map((line) => JSON.parse(line).chunk);
};

const PATIENCE = { timeout: 100_000, interval: 20 };
const until = (holds: () => boolean) => vi.waitUntil(holds, PATIENCE);

const skipped = built ? withoutRedis : " (not built)";
describe.skipIf(skipped)(`limn worker${skipped}`, { timeout: 200_000 }, async () => {
  const whole = work.path("whole");
  if (!skipped) await limn(...evaluation(whole, "--workers", "0"));
  const documentIn = (out: string) => readFileSync(join(out, "evaluation.json"), "utf8");

  /** Each chunk once, and what an undisturbed evaluation gives. */
  const expectWhole = (out: string) => {
    expect(chunksIn(out).sort((a, b) => a - b)).toEqual(Array.from({ length: PICTURES / BATCH }, (_, i) => i));
    expect(documentIn(out)).toBe(documentIn(whole));
  };

  it("has what a killed worker began done by another", async () => {
    const out = work.path("worker-killed");
    const [first, running] = [worker(), limn(...queued(out))];
    await until(() => chunksIn(out).length > 0);
    first.child.kill("SIGKILL");
    const second = worker();
    expect(await running).toMatchObject({ code: 0 });
    expectWhole(out);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    expect(second.said()).toMatch(
      /worker at redis:\/\/127\.0\.0\.1:\d+: ready\n(limn: finishing .*\n)?limn: worker ended, \d+ pictures measured\n$/,
    );
  });

  it("goes on when Redis was killed and restarted", async () => {
    const out = work.path("redis-killed");
    const [busy, running] = [worker(), begun(...queued(out))];
    await until(() => chunksIn(out).length > 0);
    await server.kill();
    // as long as it takes that someone is told
    await until(() => /the server can't be reached any more; waiting/.test(running.said()));
    await server.start();
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.said()).toMatch(/the server is back/);
    expectWhole(out);
    busy.child.kill("SIGINT");
    expect(await busy.ended).toBe(0);
  });

  it("measures nothing again that was done after the evaluation was killed", async () => {
    const out = work.path("evaluation-killed");
    const killed = start(...queued(out));
    await until(() => /there are no workers/.test(killed.said()));
    killed.child.kill("SIGKILL");
    await killed.ended;
    const stop = new AbortController();
    // nobody fetches results meanwhile
    const onProgress = (pictures: number) => pictures === PICTURES && stop.abort();
    await runQueueWorker({ queue: server.url, workers: 0, signal: stop.signal, onProgress }, onnxRuntime());
    expect(chunksIn(out)).toEqual([]);
    expect(await limn(...queued(out))).toMatchObject({ code: 0 });
    expectWhole(out);
  });

  it("can be interrupted while Redis is away, and ended without it", async () => {
    const out = work.path("interrupted");
    const [busy, running] = [worker(), start(...queued(out))];
    await until(() => chunksIn(out).length > 0);
    await server.kill();
    await until(
      () => /can.t be reached any more/.test(running.said()) && /can.t be reached any more/.test(busy.said()),
    );
    running.child.kill("SIGINT");
    busy.child.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(await busy.ended).toBe(0);
    expect(running.said()).toMatch(/interrupted after \d+ of 32 pictures; the same command goes on from there/);
    expect(await limn(...evaluation(out, "--workers", "0"))).toMatchObject({ code: 0 });
    expectWhole(out);
  });
});

describe("limn worker", () => {
  it.each([
    ["no queue", [], /required option '--queue <url>' not specified/],
    ["a lease that is too short", ["--queue", "redis://localhost", "--lease", "0.1"], /lease.*1 or more/],
    [
      "no server",
      ["--queue", "redis://:secret@127.0.0.1:1"],
      /queue redis:\/\/127\.0\.0\.1:1: no Redis server answers/,
    ],
  ])("says what is wrong: %s", async (_, args, message) => {
    const { code, stderr } = await limn("worker", ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("secret");
  });
});
