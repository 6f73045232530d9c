// Times what happens to a model before its first picture, once, in this process; prints one line of JSON.
//
//   node bench/load/measure.mjs resnet50 [--cache .cache/bench] [--threads 2] [--methods saliency,grad-cam] [--checkout DIR]
//
// --methods: default all of one run, as on the default sheet. --checkout: a checkout with a build, to measure that one's code.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { mapValues, rounded } from "../numbers.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: "string", default: ".cache/bench" },
    threads: { type: "string", default: "2" },
    methods: { type: "string" },
    checkout: { type: "string", default: resolve(import.meta.dirname, "../..") },
  },
});
const [name] = positionals;
const part = (path) => import(join(resolve(values.checkout), "packages", path));
const { Explainer, compile, loadClassifier, singleRunMethods } = await part("core/dist/index.js");
const { onnxRuntime, readModelFile } = await part("node/dist/index.js");

/** Milliseconds by the clock, and of the processor in all threads. */
const now = () => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
};
const since = (start) => {
  const end = now();
  return { wall: end.wall - start.wall, cpu: end.cpu - start.cpu };
};

/** What ONNX Runtime takes of the step that is being measured. */
const runtimeTime = { wall: 0, cpu: 0, sessions: 0 };
async function counted(action) {
  const start = now();
  const result = await action();
  const { wall, cpu } = since(start);
  runtimeTime.wall += wall;
  runtimeTime.cpu += cpu;
  return result;
}
const inner = onnxRuntime({ threads: Number(values.threads) });
const runtime = {
  async createSession(...given) {
    runtimeTime.sessions++;
    const session = await counted(() => inner.createSession(...given));
    return { ...session, run: (...fed) => counted(() => session.run(...fed)), release: () => session.release() };
  },
};

const steps = {};
async function step(key, action) {
  Object.assign(runtimeTime, { wall: 0, cpu: 0, sessions: 0 });
  const start = now();
  const result = await action();
  const { wall, cpu } = since(start);
  const { sessions, ...ofRuntime } = runtimeTime;
  steps[key] = { ...mapValues({ wall, cpu, runtime: ofRuntime.cpu, ours: cpu - ofRuntime.cpu }, rounded), sessions };
  return result;
}

const methods = values.methods?.split(",") ?? singleRunMethods;
const classifier = await step("load", () => loadClassifier(readModelFile(join(values.cache, `${name}.onnx`)), runtime));
const compiled = await step("compile", () =>
  compile(
    classifier,
    methods.map((method) => ({ method })),
    { onRefused: () => undefined },
  ),
);
const explainer = await step("session", () => Explainer.create(compiled, runtime));
await explainer.release();

const nodes = { model: classifier.model.graph.nodes.length, compiled: compiled.model.graph.nodes.length };
console.log(JSON.stringify({ model: name, methods, nodes, steps }));
