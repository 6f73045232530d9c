// Times Limn and a plain forward run on one model; prints one line of JSON.
//
//   node bench/gradient/measure.mjs resnet50 [--cache .cache/bench] [--threads 2] [--rounds 10] [--warmup 2] [--only saliency]
//
// With --only, nothing but that measurement is loaded, for the peak memory of the process.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { compile, Explainer, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { mapValues, median, readNpy } from "../numbers.mjs";
import { interleaved, milliseconds } from "../rounds.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: "string", default: ".cache/bench" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "10" },
    warmup: { type: "string", default: "2" },
    only: { type: "string" },
  },
});
const [name] = positionals;
const threads = Number(values.threads);
const path = join(values.cache, `${name}.onnx`);
const image = readNpy(join(values.cache, `${name}.image.npy`));
const runtime = onnxRuntime({ threads });

// a first small session, so that starting ONNX Runtime itself counts for nobody
const baseline = process.memoryUsage().rss;

const REQUESTS = {
  saliency: [{ method: "saliency", options: { reduce: "none" } }],
  "grad-cam": [{ method: "grad-cam" }],
};

const timings = {};
const explainers = {};
for (const [key, requests] of Object.entries(REQUESTS)) {
  if (values.only && values.only !== key) continue;
  const [load, classifier] = await milliseconds(() => loadClassifier(readModelFile(path), runtime));
  const [compiling, compiled] = await milliseconds(() => compile(classifier, requests));
  const [session, explainer] = await milliseconds(() => Explainer.create(compiled, runtime));
  timings[key] = { load, compile: compiling, session, total: load + compiling + session };
  explainers[key] = explainer;
}

const tensor = { dtype: "float32", dims: image.dims, data: image.data };
const maps = {};
const runs = Object.fromEntries(
  Object.entries(explainers).map(([key, explainer]) => [
    key,
    async () => {
      const [explanation] = await explainer.explain(tensor);
      maps[key] = explanation.maps[0].values;
    },
  ]),
);
if (!values.only) {
  const forward = await InferenceSession.create(readFileSync(path), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const feeds = { [forward.inputNames[0]]: new Tensor("float32", image.data, image.dims) };
  runs.forward = () => forward.run(feeds);
}

const samples = await interleaved(runs, { rounds: Number(values.rounds), warmup: Number(values.warmup) });

/** Largest and root-mean-square difference, as a share of PyTorch's largest and root mean square. */
function distance(found, expected) {
  let worst = 0;
  let largest = 0;
  let squares = 0;
  let norm = 0;
  expected.forEach((e, i) => {
    const d = Math.abs(e - found[i]);
    worst = Math.max(worst, d);
    largest = Math.max(largest, Math.abs(e));
    squares += d * d;
    norm += e * e;
  });
  return { max: worst / largest, l2: Math.sqrt(squares / norm) };
}

console.log(
  JSON.stringify({
    model: basename(path, ".onnx"),
    threads,
    timings,
    samples_ms: samples,
    median_ms: mapValues(samples, median),
    difference_from_pytorch: Object.fromEntries(
      Object.entries(maps).map(([key, map]) => [
        key,
        distance(map, readNpy(join(values.cache, `${name}.${key}.npy`)).data),
      ]),
    ),
    memory_mib: { before: baseline / 2 ** 20, peak: process.resourceUsage().maxRSS / 1024 },
  }),
);
