// How long the studio's engine takes for what a person does: see README.md here.
//
//   npm run build && node bench/studio/engine.mjs [--runs 15] [--model FILE.onnx]
//
// Writes engine.json and engine.md next to itself.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { runtimeOver } from "../../packages/core/dist/index.js";
import { onnxRuntime } from "../../packages/node/dist/index.js";
import { nativePlatform, Workbench } from "../../packages/studio/dist/index.js";
import { median, rounded } from "../numbers.mjs";
import { machine, tableOf } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const NETWORK = new URL("../../packages/models/networks/scenes-resnet/", import.meta.url);
const THREADS = { native: 2, wasm: 1 };

/** Milliseconds on two quiet cores, at most. */
const GOALS = {
  "a new class by Grad-CAM, MobileNetV2": { native: 40, wasm: 150 },
  "a stroke of the brush, MobileNetV2": { native: 100, wasm: 100 },
  "a stroke of the brush, scenes-resnet": { native: 30, wasm: 30 },
  "Grad-CAM of a camera's picture, scenes-resnet": { native: 1000 / 15, wasm: 1000 / 15 },
};

const { values } = parseArgs({ options: { runs: { type: "string", default: "15" }, model: { type: "string" } } });
const runs = Number(values.runs);

// threads of wasm need a page
env.wasm.numThreads = THREADS.wasm;
// Node's fetch does not read files
env.wasm.wasmBinary = readFileSync(
  new URL("../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", import.meta.url),
);
const RUNTIMES = {
  native: () => onnxRuntime({ threads: THREADS.native }),
  wasm: () => runtimeOver({ InferenceSession, Tensor }, () => ({ executionProviders: ["wasm"] })),
};

/** Runs that are not counted: while they last, wasm is compiled once more, for speed. */
const WARM_UPS = 12;

/** Medians of the time that passes and of the processor's, over runs after those that are not counted. */
async function timed(action) {
  const samples = [];
  for (let i = -WARM_UPS; i < runs; i++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    await action(i + WARM_UPS);
    const { user, system } = process.cpuUsage(cpu);
    if (i >= 0) samples.push({ wall: performance.now() - wall, cpu: (user + system) / 1000 });
  }
  const of = (figure) => rounded(median(samples.map((sample) => sample[figure])));
  const least = rounded(Math.min(...samples.map(({ wall }) => wall)));
  return { wall_ms: of("wall"), least_ms: least, cpu_ms: of("cpu") };
}

const wishes = [{ method: "grad-cam" }];
const size = 48;
const mask = (i) => ({
  width: size,
  height: size,
  data: Float32Array.from({ length: size * size }, (_, k) => (Math.hypot((k % size) - i, k / size - i) < 8 ? 1 : 0)),
});

async function measure(kind) {
  const workbench = new Workbench(nativePlatform(RUNTIMES[kind]()));
  const figures = {};
  const scene = await workbench.openPicture({ kind: "named", name: "cat-and-dog" });
  const open = async (name, source) => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const model = await workbench.openModel(source);
    const { user, system } = process.cpuUsage(cpu);
    figures[`opening ${name}`] = {
      wall_ms: rounded(performance.now() - start),
      cpu_ms: rounded((user + system) / 1000),
    };
    const subject = { model: model.handle, picture: scene.handle };
    return { ...subject, ranked: (await workbench.classify(subject)).ranked };
  };
  const read = (address) => ({ name: basename(address.pathname), bytes: new Uint8Array(readFileSync(address)) });
  const files = ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => read(new URL(name, NETWORK)));
  const small = await open("scenes-resnet", { kind: "files", files });
  const strokes = (subject) => (i) => workbench.classify(subject, { mask: mask(i), by: "blur" });
  // the classes that people ask about are those that the model thinks of
  const classes = (subject, count) => (i) =>
    workbench.explain(subject, wishes, subject.ranked.slice(i % 5, (i % 5) + count));
  figures["a stroke of the brush, scenes-resnet"] = await timed(strokes(small));
  figures["Grad-CAM of a camera's picture, scenes-resnet"] = await timed(async (i) => {
    const picture = { width: 320, height: 240, rgb: new Uint8Array(320 * 240 * 3).fill(i) };
    const { handle } = await workbench.openPicture({ kind: "pixels", name: "camera", picture });
    await workbench.explain({ ...small, picture: handle }, wishes, [-1]);
    await workbench.release(handle);
  });
  await workbench.release(small.model);
  if (values.model) {
    const large = await open("MobileNetV2", { kind: "files", files: [read(pathToFileURL(values.model))] });
    figures["a new class by Grad-CAM, MobileNetV2"] = await timed(classes(large, 1));
    figures["five classes by Grad-CAM, MobileNetV2"] = await timed(classes(large, 5));
    figures["a stroke of the brush, MobileNetV2"] = await timed(strokes(large));
    await workbench.release(large.model);
  }
  return figures;
}

const results = {
  machine: machine({ "onnxruntime-web": env.versions.web ?? "" }),
  threads: THREADS,
  runs,
  native: await measure("native"),
  wasm: await measure("wasm"),
};
if (runs > 1) {
  const rows = Object.keys(results.native).map((name) => [
    name,
    ...["native", "wasm"].flatMap((kind) => {
      const { wall_ms, least_ms = wall_ms, cpu_ms } = results[kind][name];
      const goal = GOALS[name]?.[kind];
      return [`${wall_ms} (least ${least_ms})${goal ? `, goal ${rounded(goal)}` : ""}`, `${cpu_ms}`];
    }),
  ]);
  const heads = ["", "native, 2 threads, ms", "processor, ms", "wasm, 1 thread, ms", "processor, ms"];
  writeFileSync(join(here, "engine.json"), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(here, "engine.md"), `${tableOf(heads, rows)}\n`);
}
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit(0);
