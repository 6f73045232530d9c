// Times Limn's methods on one model; prints one line of JSON.
//
//   node bench/methods/measure.mjs MODEL.onnx [--threads 2] [--rounds 10] [--warmup 2] [--only lrp/epsilon]
//
// Each method is compared with a plain forward run and saliency, in interleaved rounds, and is released before the
// next one: a machine that slows down slows all three, and the memory holds few copies of the weights. With --only,
// nothing but that method is loaded, for the peak memory of the process.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { batchFor, compile, Explainer, Imaginer, layersOf, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { noise } from "../noise.mjs";
import { interleaved, milliseconds, rest } from "../rounds.mjs";
import { MANY_RUNS, requestsAt, TRANSFORMER_REQUESTS } from "./requests.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "10" },
    warmup: { type: "string", default: "2" },
    only: { type: "string" },
  },
});
const [path] = positionals;
const threads = Number(values.threads);
const repeats = { rounds: Number(values.rounds), warmup: Number(values.warmup) };
const runtime = onnxRuntime({ threads });

/** Of methods that take hundreds of steps. */
const STEPS = 4;

// a first small session, so that starting ONNX Runtime itself counts for nobody
const before = process.memoryUsage().rss;

const classifier = await loadClassifier(readModelFile(path), runtime);
const image = noise(classifier.image.dims);
const stages = layersOf(classifier)
  .flatMap(({ stage }) => stage ?? [])
  .slice(-5);
const REQUESTS = requestsAt(stages);

const explainerOf = (requests, batched) => Explainer.create(compile(classifier, requests, { batched }), runtime);
const progress = (key) => process.stderr.write(`  ${key}\n`);

if (values.only) {
  const explainer = await explainerOf({ ...TRANSFORMER_REQUESTS, ...REQUESTS }[values.only]);
  for (let round = 0; round < 3; round++) await explainer.explain(image);
  const memory = { before: before / 2 ** 20, peak: process.resourceUsage().maxRSS / 1024 };
  console.log(JSON.stringify({ memory_mib: memory }));
} else {
  const forward = await plainForward(image);
  const saliency = await explainerOf(REQUESTS.saliency);
  const basis = { forward, saliency: () => saliency.explain(image) };
  const samples = {};
  for (const [key, requests] of Object.entries(REQUESTS)) {
    if (key === "saliency") continue;
    progress(key);
    samples[key] = await orReason(async () => {
      const explainer = await explainerOf(requests);
      const measured = await interleaved({ ...basis, method: () => explainer.explain(image) }, repeats);
      await explainer.release();
      return measured;
    });
  }
  progress("class-model");
  samples["class-model"] = await orReason(() => climbing(basis));
  await saliency.release();

  const batch = batchFor(classifier);
  const dims = [batch, ...classifier.image.dims.slice(1)];
  const batched = batch > 1 ? await loadClassifier(readModelFile(path), runtime, { inputShape: dims }) : classifier;
  const batchedForward = await plainForward(noise(dims));
  for (const [key, request] of Object.entries(MANY_RUNS)) {
    progress(key);
    samples[key] = await orReason(async () => {
      const explainer = await explainerOf([request], batched);
      const measured = await stepping(explainer, batchedForward);
      await explainer.release();
      return measured;
    });
  }
  console.log(JSON.stringify({ model: basename(path, ".onnx"), threads, stages, batch, samples_ms: samples }));
}

/** A method that a model can't have, or that fails, does not stop the others. */
async function orReason(measure) {
  try {
    return await measure();
  } catch (error) {
    return { failed: error.message.split("\n")[0] };
  }
}

/** Runs the model itself, outside of Limn. */
async function plainForward({ data, dims }) {
  const session = await InferenceSession.create(readFileSync(path), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const feeds = { [session.inputNames[0]]: new Tensor("float32", data, dims) };
  return () => session.run(feeds);
}

/** One step of the climb between runs of the others. */
async function climbing(basis) {
  const preprocessing = { rescale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], channels: "RGB" };
  const steps = repeats.warmup + repeats.rounds;
  const imaginer = await Imaginer.create(classifier, runtime, preprocessing, { steps });
  const measured = { forward: [], saliency: [], method: [] };
  await rest();
  let start = performance.now();
  await imaginer.imagine(0, {
    onStep: async ({ step }) => {
      const method = performance.now() - start;
      const others = await interleaved(basis, { rounds: 1, warmup: 0 });
      if (step > repeats.warmup) {
        measured.method.push(method);
        measured.forward.push(...others.forward);
        measured.saliency.push(...others.saliency);
      }
      await rest();
      start = performance.now();
    },
  });
  await imaginer.release();
  return measured;
}

/** Few steps of many, and as many runs of the plain model on batches of the same size. */
async function stepping(explainer, batchedForward) {
  const measured = { forward: [], method: [] };
  for (let round = 0; round < 2; round++) {
    await rest();
    let start;
    const stop = new AbortController();
    const onProgress = ({ done, total }) => {
      const now = performance.now();
      // the first step warms up
      if (done > 1) measured.method.push(now - start);
      if (done === STEPS && done < total) stop.abort();
      start = performance.now();
    };
    await explainer.explain(image, [], { onProgress, signal: stop.signal }).catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    await rest();
    for (let step = 0; step < STEPS; step++) {
      const [ms] = await milliseconds(batchedForward);
      if (step > 0) measured.forward.push(ms);
    }
  }
  return measured.method.length > 0 ? measured : { failed: "one step shows all there is to see" };
}
