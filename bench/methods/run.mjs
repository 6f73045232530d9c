// What every method costs, and what it costs elsewhere: see README.md here.
//
//   python bench/models.py                                # once: exports the models
//   node bench/methods/run.mjs [--python .venv/bin/python] [--rounds 10] [NAME ...]
//
// Writes results.json and table.md next to itself, again after every model; models that are not named keep their figures.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_MODELS } from "@limn/models";
import { readArguments } from "../arguments.mjs";
import { mapValues, median, rounded } from "../numbers.mjs";
import { lastLineOf, machine, tableOf } from "../report.mjs";
import { measureTransformer, TRANSFORMERS, transformerTables } from "./side-by-side.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MODELS = [
  "resnet50",
  "vgg16",
  "densenet121",
  "squeezenet1_1",
  "mobilenet_v2",
  "efficientnet_b0",
  "scenes-resnet",
];

/** Times of saliency, at most. */
const GOALS = {
  "lrp/epsilon": 1.2,
  "lrp/z-plus": 1.6,
  "lrp/epsilon-plus": undefined,
  "relevance-cam": 1.6,
  "relevance-cam/stages": undefined,
  "cam-family/stages": 1.5,
  "eigen-cam": undefined,
  "eigen-cam/stages": undefined,
  "class-model": 1.2,
};
/** Goals that are set for networks of ReLUs. */
const FOR_RELU = new Set(["lrp/z-plus", "relevance-cam"]);
const RELU = new Set(["resnet50", "vgg16", "densenet121", "squeezenet1_1", "scenes-resnet"]);
/** Share of the throughput of plain batches, at least. The others take gradients, or have no goal. */
const SHARES = { "score-cam": 0.9, rise: 0.9, occlusion: undefined, "integrated-gradients": undefined };
/** Times of the memory of saliency, at most. */
const MEMORY = { "lrp/epsilon": 1.5, "lrp/z-plus": 1.5 };
/** What each peer calls it. */
const PEERS = {
  saliency: ["saliency", "captum/saliency"],
  "lrp/epsilon": ["captum/lrp/epsilon", "zennit/lrp/epsilon"],
  "lrp/epsilon-plus": ["zennit/lrp/epsilon-plus"],
  "lrp/z-plus": ["zennit/lrp/z-plus"],
  "cam-family/stages": ["pytorch-grad-cam/cam-family/stages"],
  "eigen-cam": ["pytorch-grad-cam/eigen-cam"],
  "score-cam": ["pytorch-grad-cam/score-cam"],
  occlusion: ["captum/occlusion"],
  "integrated-gradients": ["captum/integrated-gradients"],
};

const ALL = [...MODELS, ...Object.keys(TRANSFORMERS)];
const { values, names } = readArguments(ALL, { out: here });
const FILE = join(values.out, "results.json");

/** What was measured before stays until it is measured again. */
let results = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : [];
for (const name of names) {
  process.stderr.write(`${name} ...\n`);
  // what else the machine does, as processes that want a core
  const load = Math.round(loadavg()[0]);
  const { libraries, ...measured } = TRANSFORMERS[name] ? await measureTransformer(name, values) : measure(name);
  const run = {
    machine: machine(libraries ?? {}),
    threads: Number(values.threads),
    rounds: Number(values.rounds),
    load,
  };
  results = [...results.filter(({ model }) => model !== name), { ...measured, run }];
  results.sort((a, b) => ALL.indexOf(a.model) - ALL.indexOf(b.model));
  writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(values.out, "table.md"), report(results));
}
console.log(report(results));

function measure(name) {
  const path = EMBEDDED_MODELS[name]?.path ?? join(values.cache, `${name}.onnx`);
  const threads = ["--threads", values.threads];
  const script = (args) => lastLineOf(process.execPath, [join(here, "measure.mjs"), path, ...threads, ...args]);
  const ours = script(["--rounds", values.rounds]);
  const memory = Object.fromEntries(
    ["saliency", ...Object.keys(MEMORY)].map((key) => [key, script(["--only", key]).memory_mib]),
  );
  const theirs = peers(name, threads);
  const { forward, saliency } = basis(ours.samples_ms);
  return {
    model: name,
    stages: ours.stages,
    batch: ours.batch,
    forward_ms: forward,
    saliency_ms: saliency,
    limn: mapValues(ours.samples_ms, compared),
    memory_mib: mapValues(memory, (m) => mapValues(m, rounded)),
    peers_ms: theirs.failed ? theirs : mapValues(theirs.samples_ms, (list) => (list.failed ? list : middle(list))),
    pictures: theirs.pictures ?? {},
    libraries: theirs.versions,
  };
}

/** The Python half takes half as many rounds: it is slower, and compared by far larger factors. */
function peers(name, threads) {
  const rounds = String(Math.ceil(Number(values.rounds) / 2));
  const args = [join(here, "peers.py"), name, "--cache", values.cache, ...threads, "--rounds", rounds];
  try {
    return lastLineOf(values.python, args);
  } catch (error) {
    return { failed: error.message.split("\n")[0] };
  }
}

/** Medians over all rounds of all groups. */
function basis(samples) {
  const groups = Object.values(samples).filter(({ saliency }) => saliency);
  return {
    forward: middle(groups.flatMap(({ forward }) => forward)),
    saliency: middle(groups.flatMap(({ saliency }) => saliency)),
  };
}

function middle(list) {
  return rounded(median(list));
}

/** Each method compared with what was measured together with it. */
function compared({ failed, forward, saliency, method }) {
  if (failed) return { failed };
  const ms = median(method);
  return {
    ms: rounded(ms),
    forward_ms: middle(forward),
    of_forward: rounded(ms / median(forward)),
    of_saliency: saliency && rounded(ms / median(saliency)),
  };
}

/** What each model was measured under; models that share it share a line. */
function conditions(results) {
  const lines = new Map();
  for (const { model, run } of results) {
    const load = run.load === undefined ? "" : `, at a load of ${run.load} when it began`;
    const line = `medians of ${run.rounds} rounds, ${run.threads} ${run.threads === 1 ? "thread" : "threads"}${load}. ${run.machine}.`;
    lines.set(line, [...(lines.get(line) ?? []), model]);
  }
  return [...lines].map(([line, models]) => `- ${models.join(", ")}: ${line}`);
}

function report(results) {
  const models = results.filter(({ model }) => !TRANSFORMERS[model]);
  const transformers = results.filter(({ model }) => TRANSFORMERS[model]);
  const withGoal = (key, goal) =>
    goal === undefined ? key : `${key} (goal ${FOR_RELU.has(key) ? `${goal}, ReLU` : goal})`;
  const cell = (entry, of) => (!entry || entry.failed ? "fails" : of(entry));
  const marked = (ratio, isMet) => (isMet ? ratio.toFixed(2) : `**${ratio.toFixed(2)}**`);

  const costs = models.map(({ model, forward_ms, saliency_ms, limn }) => [
    model,
    forward_ms,
    `${saliency_ms} (${(saliency_ms / forward_ms).toFixed(2)})`,
    ...Object.entries(GOALS).map(([key, goal = Number.POSITIVE_INFINITY]) =>
      cell(limn[key], ({ of_saliency: ratio }) =>
        marked(ratio, ratio <= goal || (FOR_RELU.has(key) && !RELU.has(model))),
      ),
    ),
  ]);
  const shares = models.map(({ model, batch, limn }) => [
    model,
    batch,
    ...Object.entries(SHARES).map(([key, goal = 0]) =>
      cell(limn[key], ({ of_forward }) => marked(1 / of_forward, 1 / of_forward >= goal)),
    ),
  ]);
  const memory = models.map(({ model, memory_mib }) => {
    const taken = mapValues(memory_mib, ({ peak, before }) => peak - before);
    return [
      model,
      taken.saliency.toFixed(0),
      ...Object.entries(MEMORY).map(([key, goal]) => {
        const ratio = taken[key] / taken.saliency;
        return `${taken[key].toFixed(0)} (${marked(ratio, ratio <= goal)})`;
      }),
    ];
  });
  const speedups = models.map((m) => [
    m.model,
    ...Object.entries(PEERS).flatMap(([key, peers]) =>
      peers.map((peer) => {
        const theirs = m.peers_ms[peer];
        if (typeof theirs !== "number") return "fails";
        const ours = key === "saliency" ? m.saliency_ms : m.limn[key].ms / (key in SHARES ? m.batch : 1);
        const ratio = theirs / (m.pictures[peer] ?? 1) / ours;
        return Number.isFinite(ratio) ? marked(ratio, ratio > 1) : "fails";
      }),
    ),
  ]);
  const failures = models.flatMap(({ model, limn, peers_ms }) =>
    [...Object.entries(limn), ...Object.entries(peers_ms.failed ? { peers: peers_ms } : peers_ms)].flatMap(
      ([key, entry]) => (entry.failed ? [`- ${model}, ${key}: ${entry.failed}`] : []),
    ),
  );
  return [
    "Rounds are interleaved (peers of convolutional networks: half as many), the batch is 1 where no other is named. Bold: the goal is missed.",
    conditions(results).join("\n"),
    "## Times of saliency",
    tableOf(
      [
        "model",
        "forward, ms",
        "saliency, ms (times of forward)",
        ...Object.entries(GOALS).map(([k, g]) => withGoal(k, g)),
      ],
      costs,
    ),
    "## Throughput, as a share of plain batches",
    tableOf(["model", "batch", ...Object.entries(SHARES).map(([k, g]) => withGoal(k, g))], shares),
    "## Peak memory over that of the process before, MiB (times of saliency's)",
    tableOf(["model", "saliency", ...Object.entries(MEMORY).map(([k, g]) => withGoal(k, g))], memory),
    "## Times faster than peers (goal: above 1)",
    tableOf(
      [
        "model",
        ...Object.values(PEERS)
          .flat()
          .map((p) => (p === "saliency" ? "PyTorch saliency" : p)),
      ],
      speedups,
    ),
    ...transformerTables(transformers),
    ...(failures.length ? ["## What fails, and why", failures.join("\n")] : []),
    "",
  ].join("\n\n");
}
