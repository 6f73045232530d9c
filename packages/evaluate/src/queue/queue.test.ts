import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import { SceneGenerator, scenePng } from "@limn/scenes";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, describe, expect, it, vi } from "vitest";
import { RedisServer, withoutRedis } from "../../../../test/redis-server.mjs";
import { type EvaluationDocument, evaluationDocument } from "../evaluation/document.js";
import { type EvaluationOptions, runEvaluation } from "../evaluation/run.js";
import { tableOf } from "../evaluation/table.js";
import { QUEUE } from "./task.js";
import { throughQueue } from "./through-queue.js";
import { runQueueWorker } from "./worker.js";

const root = mkdtempSync(join(tmpdir(), "limn-queue-"));
const server = new RedisServer();
if (!withoutRedis) await server.start();
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});
const runtime = onnxRuntime({ threads: 1 });

let folders = 0;
const newFolder = (): string => join(root, `run-${folders++}`);

/** Small ones, in four chunks. */
const PICTURES = 16;

const options = (changes: Partial<EvaluationOptions> = {}): EvaluationOptions => ({
  model: "scenes-resnet",
  classifier: {},
  data: { data: `scenes:count=${PICTURES},size=32` },
  methods: ["grad-cam"],
  target: "label",
  masking: {},
  curves: undefined,
  shattering: false,
  sanity: undefined,
  batch: 4,
  workers: 0,
  folder: newFolder(),
  ...changes,
});

const queued = (changes: Partial<EvaluationOptions> = {}) =>
  options({ workforce: throughQueue(server.url), ...changes });

async function evaluated(wanted: EvaluationOptions): Promise<EvaluationDocument> {
  const run = await runEvaluation(wanted, runtime);
  return evaluationDocument(run, await tableOf(run.log));
}

/** A worker in this process, until the work is done. @returns what the work gives, and how many pictures it took */
async function withWorker<T>(work: () => Promise<T>, url = server.url): Promise<{ result: T; pictures: number }> {
  const stop = new AbortController();
  const worker = runQueueWorker({ queue: url, workers: 0, lease: 2, signal: stop.signal }, runtime);
  try {
    const result = await work();
    stop.abort();
    return { result, pictures: await worker };
  } finally {
    stop.abort();
    await worker;
  }
}

/** Looks into the queue. */
async function withQueue<T>(look: (queue: Queue) => Promise<T>): Promise<T> {
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE.name, { prefix: QUEUE.prefix, connection });
  try {
    return await look(queue);
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

const jobs = () =>
  withQueue(async (queue) => {
    const { waiting, active, completed, failed, delayed } = await queue.getJobCounts();
    return { waiting, active, completed, failed, delayed };
  });

const EMPTY = { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0 };

const whole = await evaluated(options());

describe.skipIf(withoutRedis)(`an evaluation through a queue${withoutRedis}`, () => {
  it("comes to what it comes to in this process, and leaves nothing behind", async () => {
    const { result, pictures } = await withWorker(() => evaluated(queued()));
    expect(result).toEqual(whole);
    expect(pictures).toBe(PICTURES);
    expect(await jobs()).toEqual(EMPTY);
  });

  it("does not mix with others in the same queue", async () => {
    const other = { methods: ["saliency"], data: { data: "scenes:count=10,size=32,seed=3" } };
    const expected = await evaluated(options(other));
    const { result } = await withWorker(() => Promise.all([evaluated(queued()), evaluated(queued(other))]));
    expect(result).toEqual([whole, expected]);
  });

  it("asks for a password where the server does, and does not show it", async () => {
    const locked = await new RedisServer("pa#ss").start();
    try {
      const { result } = await withWorker(() => evaluated(queued({ workforce: throughQueue(locked.url) })), locked.url);
      expect(result).toEqual(whole);
      const wrong = locked.url.replace("pa%23ss", "guess");
      await expect(evaluated(queued({ workforce: throughQueue(wrong) }))).rejects.toThrow(
        /^queue redis:\/\/127\.0\.0\.1:\d+: the server asks for another user or password/,
      );
    } finally {
      await locked.stop();
    }
  });

  // these two mostly wait, for three seconds and for five
  it.concurrent("takes back what nobody has begun when it is interrupted, and goes on later", async () => {
    const wanted = queued();
    const stop = new AbortController();
    const notices: string[] = [];
    const onNotice = (notice: string) => {
      notices.push(notice);
      stop.abort();
    };
    const first = await evaluated({ ...wanted, signal: stop.signal, workforce: throughQueue(server.url, onNotice) });
    expect(first).toMatchObject({ interrupted: true, measured: 0 });
    expect(notices).toEqual([
      expect.stringMatching(/^queue redis:.*there are no workers; start some with limn worker/),
    ]);
    expect(await jobs()).toEqual(EMPTY);
    expect((await withWorker(() => evaluated(wanted))).result).toEqual(whole);
  });

  it.concurrent("does not wait for a server that never answers", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await expect(runQueueWorker({ queue: `redis://127.0.0.1:${port}` }, runtime)).rejects.toThrow(/no answer in 5 s/);
    silent.close();
  });

  it("refuses data that differs from what the evaluation was started with", async () => {
    const data = await manifest();
    const failing = evaluated(queued({ data: { data } }));
    await vi.waitFor(async () => expect((await jobs()).waiting).toBe(1), 10_000);
    writeFileSync(data, readFileSync(data, "utf8").replace("cat", "dog"));
    await withWorker(() =>
      expect(failing).rejects.toThrow(
        /chunk 0 \(pictures 0 to 3\) failed on a worker: scenes-resnet on .*list\.csv: the data differs from what .* \([0-9a-f]{12} here, [0-9a-f]{12} in the evaluation\); copy/,
      ),
    );
    expect(await jobs()).toEqual(EMPTY);
  });

  it("says why a chunk fails again and again, and keeps what is finished", async () => {
    const data = await manifest();
    const wanted = queued({ data: { data } });
    const failing = evaluated(wanted);
    await vi.waitFor(async () => expect((await jobs()).waiting).toBe(1), 10_000);
    const text = readFileSync(data, "utf8");
    rmSync(data);
    await withWorker(() =>
      expect(failing).rejects.toThrow(/chunk 0 .* failed on a worker: .*list\.csv: there is no such/),
    );
    writeFileSync(data, text);
    const { result } = await withWorker(() => evaluated(wanted));
    expect(result.measured).toBe(2);
  });

  it.each([
    ["no address", "localhost:6379", /^queue localhost:6379: give the address of a Redis server/],
    ["another kind of server", "http://localhost", /^queue http:\/\/localhost: give the address/],
    ["a password that is no part of an address", "redis://:a#b@host", /^queue redis:\/\/\.\.\.@host: /],
    [
      "nobody there",
      "redis://:secret@127.0.0.1:1",
      /^queue redis:\/\/127\.0\.0\.1:1: no Redis server .*\(ECONNREFUSED\)/,
    ],
  ])("says what is wrong with an address: %s", async (_, queue, message) => {
    await expect(evaluated(queued({ workforce: throughQueue(queue) }))).rejects.toThrow(message);
    await expect(runQueueWorker({ queue }, runtime)).rejects.toThrow(message);
  });
});

/** Two scenes with their classes. @returns the path of the list */
async function manifest(): Promise<string> {
  const folder = newFolder();
  mkdirSync(folder);
  const generator = new SceneGenerator({ classes: ["cat", "dog"] });
  const rows = ["path,label"];
  for (let i = 0; i < 2; i++) {
    const scene = await generator.scene(i);
    writeFileSync(join(folder, `${i}.png`), await scenePng(scene));
    rows.push(`${i}.png,cat`);
  }
  const path = join(folder, "list.csv");
  writeFileSync(path, `${rows.join("\n")}\n`);
  return path;
}
