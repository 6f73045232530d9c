// Limn's side of the comparison on one transformer: runs what it is asked for, once, and says what it took.
//
//   node bench/methods/transformer.mjs MODEL.onnx [--threads 2]
//
// Prints a line of JSON with what it knows, then one for each line that it reads, such as {"run": "rollout", "show": true}:
// milliseconds of the clock, milliseconds of all cores, and the map's values if they are to be shown.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compile, Explainer, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { noise } from "../noise.mjs";
import { milliseconds } from "../rounds.mjs";
import { takeTurns } from "../turns.mjs";
import { TRANSFORMER_REQUESTS } from "./requests.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: "2" } },
});
const [path] = positionals;
const threads = Number(values.threads);
const runtime = onnxRuntime({ threads });
const classifier = await loadClassifier(readModelFile(path), runtime);
const image = noise(classifier.image.dims);

const runs = { forward: await plainForward() };
const failed = {};
for (const [key, requests] of Object.entries(TRANSFORMER_REQUESTS)) {
  try {
    const explainer = await Explainer.create(compile(classifier, requests), runtime);
    runs[key] = () => explainer.explain(image);
  } catch (error) {
    failed[key] = error.message.split("\n")[0];
  }
}

await takeTurns({ runs: Object.keys(runs), failed }, async ({ run, show }) => {
  const before = process.cpuUsage();
  const [ms, result] = await milliseconds(runs[run]);
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu_ms: (user + system) / 1000, ...(show ? { values: [...result[0].maps[0].values] } : {}) };
});

/** Runs the model itself, outside of Limn. */
async function plainForward() {
  const session = await InferenceSession.create(readFileSync(path), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const feeds = { [session.inputNames[0]]: new Tensor("float32", image.data, image.dims) };
  return () => session.run(feeds);
}
