// Explains one file by every method, and compares; prints one line of JSON. See README.md here.
//
//   node bench/zoo/measure.mjs FOLDER [--threads 1] [--many]
//
// FOLDER holds model.onnx, input.npy in the file's own type and layout and, where a reference is known, gradient.npy: the
// gradient of logit `target` by the input, by the framework that made the file. facts.json says what else is known of it.
// judged.onnx, if it is there, is the same network in a form that tells of smaller steps.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  cautionOf,
  checkGradient,
  compile,
  Explainer,
  fromHalf,
  layersOf,
  loadClassifier,
  methods,
  singleRunMethods,
} from "@limn/core";
import { onnxRuntime, readModelFile } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { readNpy, rounded } from "../numbers.mjs";
import { milliseconds } from "../rounds.mjs";
import { judge, RIGHT_VERDICTS } from "./judge.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: "1" }, many: { type: "boolean", default: false } },
});
const [folder] = positionals;
const path = join(folder, "model.onnx");
const {
  target: wanted = -1,
  hasGradient,
  rounding,
  rounds,
} = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
const raw = readNpy(join(folder, "input.npy"));
const threads = Number(values.threads);
const runtime = onnxRuntime({ threads });

/** All channels of the gradient, to compare; few samples of the methods of many runs: whether they work, not how well. */
const OPTIONS = {
  saliency: { reduce: "none" },
  "smooth-grad": { samples: 4 },
  "integrated-gradients": { samples: 8 },
  rise: { masks: 16 },
  occlusion: { window: 32, stride: 32 },
};

/** The first line of what went wrong, without paths. */
const reasonOf = (error) => error.message.split("\n")[0].replaceAll(folder, "").slice(0, 300);

/** Whether all of a map is numbers. */
const hasNumbers = ({ values }) => values.every(Number.isFinite);

/** Whether a map shows nothing: one that is cut off at 0 may be so rightly. */
const isBlank = ({ values }) => values.every((v) => v === 0);

async function runsAsItIs(file) {
  const session = await InferenceSession.create(file, { intraOpNumThreads: threads, logSeverityLevel: 3 });
  const [name] = session.inputNames;
  return async ({ dtype, data, dims }) => {
    const results = await session.run({ [name]: new Tensor(dtype, data, dims) });
    return session.outputNames.map((output) => results[output]);
  };
}

const seconds = {};
async function timed(step, action) {
  const [ms, result] = await milliseconds(action);
  seconds[step] = rounded(ms / 1000);
  return result;
}

const number = raw.dtype === "float16" ? fromHalf : Number;
const image = { dtype: "float32", dims: raw.dims, data: Float32Array.from(raw.data, (v) => number(v)) };

/** Compiles and runs requests together; where that fails, one by one, so that each says its own reason. */
async function explain(classifier, requests, refusals) {
  const onRefused = ({ method }, error) => {
    refusals[method] = reasonOf(error);
  };
  const together = async (some, refused) => {
    const compiled = await timed("compile", () => compile(classifier, some, { onRefused: refused }));
    const explainer = await timed("session", () => Explainer.create(compiled, runtime));
    try {
      const [explanation] = await timed("run", () => explainer.explain(image, [wanted]));
      return explanation;
    } finally {
      await explainer.release();
    }
  };
  try {
    return await together(requests, onRefused);
  } catch {
    const maps = [];
    let explanation = {};
    for (const request of requests) {
      try {
        explanation = await together([request]);
        maps.push(...explanation.maps);
      } catch (error) {
        refusals[request.method] = reasonOf(error);
      }
    }
    return { ...explanation, maps };
  }
}

function layerOf(classifier) {
  const layers = layersOf(classifier);
  const layer = layers.find(({ isDefault }) => isDefault);
  const caution = cautionOf(classifier, layers);
  return {
    ...(layer
      ? {
          tensor: layer.tensor,
          operator: layer.operator,
          shape: layer.shape,
          depth: rounded(layer.depth),
          signed: layer.signed,
        }
      : {}),
    ...(caution ? { caution } : {}),
  };
}

/**
 * Where a file rounds to halves or integers, small steps may say nothing: then it is tried whether the gradient is that of the
 * network without the rounding.
 */
async function judgedGradient(classifier, given) {
  const judgement = await judge(given);
  if (!rounds || RIGHT_VERDICTS.includes(judgement.verdict)) return judgement;
  const [check] = await checkGradient(classifier, runtime, image, wanted);
  return { ...judgement, verdict: check.verdict === "right" ? "steps agree" : `without rounding: ${check.verdict}` };
}

async function measure() {
  let run;
  try {
    run = await runsAsItIs(path);
    await run(raw);
  } catch (error) {
    return { runtime: reasonOf(error) };
  }
  let classifier;
  try {
    classifier = await timed("load", () => loadClassifier(readModelFile(path), runtime));
  } catch (error) {
    return { load: reasonOf(error) };
  }
  const layer = layerOf(classifier);
  const names = values.many ? Object.keys(methods) : singleRunMethods;
  const requests = names.map((method) => ({ method, options: OPTIONS[method] ?? {} }));
  const refusals = {};
  const { target, logits, maps } = await explain(classifier, requests, refusals);
  const found = (name) => maps.find(({ request }) => request.method === name);
  for (const map of maps) if (!hasNumbers(map)) refusals[map.request.method] = "values that are not finite";
  const gradient = found("saliency")?.values;
  const relevance = found("lrp")?.values;
  const reference = hasGradient ? readNpy(join(folder, "gradient.npy")).data : undefined;
  const twin = join(folder, "judged.onnx");
  const judged = existsSync(twin) ? await runsAsItIs(twin) : raw.dtype === "float32" && run;
  const score = async (data) => {
    const results = await judged({ ...image, data });
    return Number(results.find(({ data: d }) => d.length === logits.length).data[target]);
  };
  return {
    warnings: classifier.warnings,
    layer,
    methods: Object.fromEntries(names.map((name) => [name, refusals[name] ?? null])),
    blank: maps.filter(isBlank).map(({ request }) => request.method),
    ...(gradient
      ? {
          gradient: await judgedGradient(classifier, {
            gradient,
            reference,
            rounding,
            image,
            score: judged ? score : undefined,
          }),
        }
      : {}),
    ...(relevance ? { relevance: rounded(relevance.reduce((a, b) => a + b, 0) / logits[target]) } : {}),
    seconds,
  };
}

console.log(JSON.stringify(await measure()));
