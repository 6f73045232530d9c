// Times evaluations of one model on one data set compared with the runs that they need; prints one line of JSON.
//
//   node bench/evaluate/measure.mjs MODEL DATA [--threads 2] [--rounds 3] [--methods grad-cam,relevance-cam]
//                                                [--batch 24] [--only workers] [--memory]
//
// DATA is what `limn evaluate --data` takes. Average Drop, Increase and Win alone: no curves, no shattering, no random
// map, no random networks. Figures are in pictures a second, and in milliseconds a picture. With --only, no other rate is measured. With
// --memory, one evaluation is made and saved, for the peak memory of the process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runEvaluation, saveEvaluation, throughQueue } from "@limn/evaluate";
import { onnxRuntime } from "@limn/node";
import { Evaluator } from "../../packages/evaluate/dist/evaluation/evaluator.js";
import { workOff } from "../../packages/evaluate/dist/evaluation/workforce.js";
import { findRedis } from "../../scripts/find-redis.mjs";
import { mapValues } from "../numbers.mjs";
import { milliseconds, rest } from "../rounds.mjs";
import { necessaryRuns } from "./limit.mjs";
import { startWorkers } from "./queue.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
    methods: { type: "string", default: "grad-cam,grad-cam-plus-plus,relevance-cam" },
    batch: { type: "string" },
    only: { type: "string" },
    memory: { type: "boolean", default: false },
  },
});
const [model, data] = positionals;
const methods = values.methods.split(",");
const threads = Number(values.threads);
const rounds = Number(values.rounds);

/** How often each necessary run is made in a round. */
const RUNS = 3;

const folder = mkdtempSync(join(tmpdir(), "limn-bench-"));
const runtime = onnxRuntime({ threads });
const options = {
  model,
  classifier: {},
  data: { data },
  methods,
  target: "predicted",
  masking: {},
  curves: undefined,
  random: false,
  shattering: false,
  sanity: undefined,
  folder,
  anew: true,
  ...(values.batch && { batch: Number(values.batch) }),
};

try {
  console.log(JSON.stringify(values.memory ? await memory() : await speed()));
} finally {
  rmSync(folder, { recursive: true });
}

async function memory() {
  const run = await runEvaluation({ ...options, workers: threads, threads: 1 }, runtime);
  await saveEvaluation(run, folder, runtime);
  return { pictures: run.data.items.length, peak_mib: process.resourceUsage().maxRSS / 1024 };
}

async function speed() {
  // a first evaluation finds the batch, and brings the pictures into the system's cache
  const { settings, data: pictures } = await runEvaluation({ ...options, workers: 0 }, runtime);
  const { batch } = settings;
  const chunks = Array.from({ length: Math.floor(pictures.items.length / batch) }, (_, chunk) => chunk);
  const limit = await necessaryRuns(model, { methods, batch, threads });
  const evaluator = await Evaluator.open(settings, runtime);
  const wanted = (name) => (values.only ?? name) === name;
  const queue = wanted("queue") && findRedis() ? await startWorkers(threads) : undefined;
  const all = {
    "calling thread": () => evaluationRate({ workers: 0 }),
    workers: () => evaluationRate({ workers: threads, threads: 1 }),
    "one worker": () => evaluationRate({ workers: 1, threads }),
    ...(queue ? { queue: () => evaluationRate({ workforce: throughQueue(queue.url), workers: threads }) } : {}),
    // a chunk is read, then computed, then the next one is read
    "one after the other": () =>
      rateOf(async (tell) => {
        for (const chunk of chunks) tell((await evaluator.measure(chunk)).length);
      }),
    "reading ahead": () => rateOf((tell) => workOff(chunks, [evaluator], (_, items) => tell(items.length))),
  };
  const run = Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
  const times = { explain: [], classify: [], reading: [] };
  const rates = mapValues(run, () => []);
  for (let round = 0; round < rounds; round++) {
    times.explain.push((await shortest(limit.explain)) / batch);
    times.classify.push((await shortest(limit.classify)) / batch);
    times.reading.push(await readingTime(pictures, batch));
    for (const [name, rate] of Object.entries(run)) {
      await rest();
      rates[name].push(await rate());
      process.stderr.write(`  ${name}: ${rates[name].at(-1).toFixed(2)} pictures/s\n`);
    }
  }
  await evaluator.release();
  await queue?.stop();
  return { batch, pictures: pictures.items.length, times_ms: times, rates };
}

/** What a run takes when nothing else is under way. The first one warms up. */
async function shortest(run) {
  await rest();
  await run();
  const times = [];
  for (let i = 0; i < RUNS; i++) times.push((await milliseconds(run))[0]);
  return Math.min(...times);
}

/** Of as many pictures at once as are explained together, in milliseconds a picture. */
async function readingTime(pictures, batch) {
  const [ms] = await milliseconds(() => Promise.all(Array.from({ length: batch }, (_, i) => pictures.open(i))));
  return ms / batch;
}

/** @param changes the workers, and the threads of each */
async function evaluationRate(changes) {
  let measured = 0;
  return rateOf(
    (tell) => {
      const onProgress = ({ done }) => {
        if (done > 0) tell(done - measured);
        measured = done;
      };
      return runEvaluation({ ...options, ...changes, threads: changes.threads ?? threads, onProgress }, runtime);
    },
    Math.max(1, changes.workers),
  );
}

/**
 * Pictures a second from when every worker has done a chunk, so that the loading of models does not count.
 * @param work takes a function that is told how many pictures were done more
 */
async function rateOf(work, workers = 1) {
  const events = [];
  await work((count) => events.push({ count, time: performance.now() }));
  const counted = events.slice(workers);
  const start = events[workers - 1].time;
  return (counted.reduce((sum, { count }) => sum + count, 0) / (counted.at(-1).time - start)) * 1000;
}
