// What an explanation costs, and what it costs elsewhere: see README.md here.
//
//   python bench/models.py                                # once: exports the models
//   node bench/gradient/run.mjs [--python .venv/bin/python] [--rounds 10] [--passes 2] [NAME ...]
//
// Writes results.json and table.md next to itself.
import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments } from "../arguments.mjs";
import { mapValues, median, rounded } from "../numbers.mjs";
import { lastLineOf, machine, tableOf } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MODELS = ["resnet50", "vgg16", "mobilenet_v2", "squeezenet1_1", "densenet121", "efficientnet_b0"];
const GOALS = { saliency: { resnet50: 2.3, vgg16: 2.3 }, saliencyElsewhere: 3.0, gradCam: 1.1 };

const { values, names } = readArguments(MODELS, { passes: "2", out: here });
const common = ["--cache", values.cache, "--threads", values.threads];

/** Joins the samples of several passes, so that neither side has the machine's better minutes. */
function measure(name) {
  const limn = {};
  const peers = {};
  let details;
  let versions;
  for (let pass = 0; pass < Number(values.passes); pass++) {
    const rounds = ["--rounds", values.rounds];
    const theirs = lastLineOf(values.python, [join(here, "peers.py"), name, ...common, ...rounds]);
    const ours = lastLineOf(process.execPath, [join(here, "measure.mjs"), name, ...common, ...rounds]);
    for (const [key, list] of Object.entries(ours.samples_ms)) limn[key] = [...(limn[key] ?? []), ...list];
    for (const [key, list] of Object.entries(theirs.samples_ms)) peers[key] = [...(peers[key] ?? []), ...list];
    details = ours;
    versions = { ...theirs.versions, float32_vs_float64: theirs.float32_vs_float64 };
  }
  const memory = lastLineOf(process.execPath, [
    join(here, "measure.mjs"),
    name,
    ...common,
    "--rounds",
    "3",
    "--only",
    "saliency",
  ]).memory_mib;
  const medians = (samples) => mapValues(samples, (list) => rounded(median(list)));
  const { float32_vs_float64, ...libraries } = versions;
  return {
    model: name,
    file_mib: rounded(statSync(join(values.cache, `${name}.onnx`)).size / 2 ** 20),
    limn_ms: medians(limn),
    peers_ms: medians(peers),
    setup_ms: mapValues(details.timings, (t) => mapValues(t, rounded)),
    difference_from_pytorch: details.difference_from_pytorch,
    pytorch_float32_vs_float64: float32_vs_float64,
    memory_mib: mapValues(memory, rounded),
    libraries,
  };
}

function table(results) {
  const ratio = (a, b) => (a / b).toFixed(2);
  const rows = results.models.map((m) => {
    const { limn_ms: l, peers_ms: p } = m;
    const best = (keys) => Math.min(...keys.map((k) => p[k]));
    const saliencyPeer = best(["saliency", "captum/saliency"]);
    const camPeer = best(["grad-cam", "captum/grad-cam", "pytorch-grad-cam/grad-cam"]);
    const goal = GOALS.saliency[m.model] ?? GOALS.saliencyElsewhere;
    const setup = m.setup_ms.saliency.total;
    return [
      m.model,
      l.forward,
      `${l.saliency} (${ratio(l.saliency, l.forward)}, goal ${goal})`,
      `${l["grad-cam"]} (${ratio(l["grad-cam"], l.forward)}, goal ${GOALS.gradCam})`,
      p.forward,
      `${p.saliency} / ${p["captum/saliency"]}`,
      `${p["grad-cam"]} / ${p["captum/grad-cam"]} / ${p["pytorch-grad-cam/grad-cam"]} / ${p["pytorch-grad-cam/grad-cam-as-documented"]}`,
      `${ratio(saliencyPeer, l.saliency)}x, ${ratio(camPeer, l["grad-cam"])}x`,
      setup,
      `${m.memory_mib.peak} - ${m.memory_mib.before} (file ${m.file_mib})`,
    ];
  });
  const head = [
    "model",
    "forward, ms",
    "forward + saliency (ratio)",
    "forward + Grad-CAM (ratio)",
    "PyTorch forward",
    "PyTorch saliency: hook / captum",
    "PyTorch Grad-CAM: hook / captum / pytorch-grad-cam, frozen / as documented",
    "Limn faster than the fastest peer: saliency, Grad-CAM",
    "load + compile + session, ms",
    "peak memory - process before, MiB",
  ];
  return [
    `Medians of ${results.samples} runs each, ${results.threads} threads, batch 1, 224 x 224. ${results.machine}.`,
    "",
    tableOf(head, rows),
    "",
  ].join("\n");
}

const models = names.map((name) => {
  process.stderr.write(`${name} ...\n`);
  return measure(name);
});
const results = {
  machine: machine(models[0].libraries),
  threads: Number(values.threads),
  samples: Number(values.rounds) * Number(values.passes),
  models: models.map(({ libraries: _, ...m }) => m),
};
writeFileSync(join(values.out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
writeFileSync(join(values.out, "table.md"), table(results));
console.log(table(results));
