// Kills workers, Redis and the evaluation itself at random moments, and starts them again; see README.md here.
//
//   node test/soak/queue.mjs [--runs 20] [--seed 1] [--pictures 48] [--folder DIR]
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { RedisServer } from "../redis-server.mjs";
import { chunksIn, differingFiles, endOf, flawsOf, soakOptions, startLimn } from "./limn.mjs";

const BATCH = 4;
const WORKERS = 2;
/** Seconds until another worker takes over. */
const LEASE = 1;
/** Redis is away for as long at most. */
const OUTAGE_MS = 3000;
/** A run that takes so many times as long as an undisturbed one is stuck. */
const STUCK = 20;
/** How the evaluation ends where Redis is away as it starts. */
const NO_SERVER = 2;
const { runs, pictures, random, folder } = soakOptions();

const command = (name) => [
  ...["evaluate", "scenes-resnet", "--data", `scenes:${pictures}`, "--method", "grad-cam,lrp", "--curves", "4"],
  ...["--sanity", "0", "--batch", String(BATCH), "--threads", "1", "--out", join(folder, name)],
];
const worker = (url) =>
  startLimn(["worker", "--queue", url, "--workers", "1", "--threads", "1", "--lease", String(LEASE)]);

if ((await endOf(startLimn([...command("whole"), "--workers", "1"], { aloud: true }))) !== 0) {
  throw new Error("the uninterrupted evaluation failed");
}

/** A worker that is started again whenever it ends, as a service is. */
class Service {
  #url;
  #child;
  #running;
  #over = false;

  constructor(url) {
    this.#url = url;
    this.#running = this.#run();
  }

  async #run() {
    while (!this.#over) {
      this.#child = worker(this.#url);
      await endOf(this.#child);
    }
  }

  kill() {
    this.#child.kill("SIGKILL");
  }

  /** When it has finished what it began. */
  async stop() {
    this.#over = true;
    this.#child.kill("SIGTERM");
    await this.#running;
  }
}

/** Runs an evaluation to its end while all that it needs is killed. @returns what was done to it */
async function disturbed(name, usual) {
  const server = await new RedisServer().start();
  const evaluation = () => startLimn([...command(name), "--queue", server.url]);
  const services = Array.from({ length: WORKERS }, () => new Service(server.url));
  const kills = { worker: 0, redis: 0, evaluation: 0 };
  // most of it is starting, which is as good a moment as any
  const wait = () => setTimeout(0.7 * usual * random());
  let running = evaluation();
  let over = false;
  const killWorkers = async () => {
    for (await wait(); !over && kills.worker < WORKERS; await wait()) services[kills.worker++].kill();
  };
  const killRedis = async () => {
    await wait();
    if (over) return;
    kills.redis++;
    await server.kill();
    await setTimeout(OUTAGE_MS * random());
    await server.start();
  };
  const killEvaluation = async () => {
    if (random() < 0.5) return;
    await wait();
    if (!over && running.kill("SIGKILL")) kills.evaluation++;
  };
  const stuck = setTimeout(STUCK * usual, undefined, { ref: false }).then(() => {
    throw new Error(`${name}: stuck; its folder is in ${folder}`);
  });
  const disturbances = [killWorkers(), killRedis(), killEvaluation()];
  for (let end; end !== 0; ) {
    end = await Promise.race([endOf(running), stuck]);
    if (![0, "SIGKILL", NO_SERVER].includes(end)) throw new Error(`${name}: ended with ${end}`);
    if (end !== 0) running = evaluation();
  }
  over = true;
  await Promise.all([...disturbances, ...services.map((service) => service.stop())]);
  await server.stop();
  return kills;
}

/** How long a run takes that nothing disturbs, with starting. */
async function usualTime() {
  const server = await new RedisServer().start();
  const begin = performance.now();
  const service = new Service(server.url);
  await endOf(startLimn([...command("usual"), "--queue", server.url]));
  const time = performance.now() - begin;
  await service.stop();
  await server.stop();
  return time;
}

const usual = await usualTime();
const failures = [];
const total = { worker: 0, redis: 0, evaluation: 0 };
for (let run = 0; run < runs; run++) {
  const name = `run-${run}`;
  const kills = await disturbed(name, usual);
  const own = join(folder, name);
  const flaws = [...flawsOf(own, Math.ceil(pictures / BATCH)), ...differingFiles(own, join(folder, "whole"))];
  for (const what of Object.keys(kills)) total[what] += kills[what];
  console.log(
    `${name}: killed ${kills.worker} workers, Redis ${kills.redis} times, the evaluation ${kills.evaluation} times; ${chunksIn(own).length} chunks; ${flaws.join(", ") || "the same"}`,
  );
  if (flaws.length > 0) failures.push(name);
  else rmSync(own, { recursive: true });
}
console.log(
  `${runs} runs, ${total.worker} workers, ${total.redis} Redis servers and ${total.evaluation} evaluations killed, ${failures.length} runs that differ${failures.length ? `: see ${folder}` : ""}`,
);
if (failures.length > 0) process.exitCode = 1;
else rmSync(folder, { recursive: true });
