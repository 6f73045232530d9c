// How long it takes from a file to the first picture: see README.md here.
//
//   python bench/models.py && python bench/load/models.py     # once: exports the models
//   node bench/load/run.mjs [--rounds 3] [--before DIR] [NAME ...]
//
// --before: another checkout with a build, measured in turns with this one. Writes results.json and table.md next to itself,
// again after every model.
import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments } from "../arguments.mjs";
import { median, rounded } from "../numbers.mjs";
import { lastLineOf, machine, tableOf } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MODELS = ["swin_t", "nasnetalarge", "resnet50", "mobilenet_v2", "squeezenet1_1"];
/** Seconds of load and compile, at most, on two quiet cores. */
const GOALS = { swin_t: 2, nasnetalarge: 5 };
const REQUESTS = { "saliency, grad-cam": "saliency,grad-cam", "the default sheet": undefined };
const STEPS = ["load", "compile", "session"];

const { values, names } = readArguments(MODELS, { rounds: "3", before: "", out: here });
const checkouts = { after: undefined, ...(values.before ? { before: values.before } : {}) };

/** Medians of all figures over the rounds, each in a process of its own, since a first run is what people wait for. */
function measure(name, methods) {
  const samples = Object.fromEntries(Object.keys(checkouts).map((key) => [key, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [key, checkout] of Object.entries(checkouts)) {
      const common = ["--cache", values.cache, "--threads", values.threads];
      const chosen = [...(methods ? ["--methods", methods] : []), ...(checkout ? ["--checkout", checkout] : [])];
      samples[key].push(lastLineOf(process.execPath, [join(here, "measure.mjs"), name, ...common, ...chosen]));
    }
  }
  const medians = (list) =>
    Object.fromEntries(
      STEPS.map((step) => {
        const of = (figure) => rounded(median(list.map(({ steps }) => steps[step][figure])));
        const figures = ["wall", "cpu", "runtime", "ours", "sessions"];
        return [step, Object.fromEntries(figures.map((figure) => [figure, of(figure)]))];
      }),
    );
  return Object.fromEntries(
    Object.entries(samples).map(([key, list]) => [key, { nodes: list[0].nodes, steps_ms: medians(list) }]),
  );
}

function table({ models, rounds, threads, machine }) {
  const seconds = (ms) => (ms / 1000).toFixed(2);
  const rows = models.flatMap(({ model, file_mib, requests }) =>
    Object.entries(requests).map(([request, { after, before }]) => {
      const { load, compile, session } = after.steps_ms;
      const sum = ({ load, compile }, figure) => load[figure] + compile[figure];
      const goal = GOALS[model] ? ` (goal ${GOALS[model]})` : "";
      return [
        model,
        `${file_mib}`,
        request,
        `${seconds(sum(after.steps_ms, "cpu"))}${goal}`,
        `${seconds(load.ours)} + ${seconds(load.runtime)} in ${load.sessions}`,
        seconds(compile.cpu),
        seconds(session.cpu),
        `${after.nodes.model}, ${after.nodes.compiled}`,
        seconds(sum(after.steps_ms, "wall")),
        ...(values.before
          ? [
              `${seconds(sum(before.steps_ms, "cpu"))}, ${seconds(before.steps_ms.session.cpu)}`,
              seconds(sum(before.steps_ms, "wall")),
            ]
          : []),
      ];
    }),
  );
  const head = [
    "model",
    "file, MiB",
    "maps",
    "load + compile",
    "of which load: Limn + ONNX Runtime, sessions",
    "compile",
    "session of the explainer",
    "nodes: model, compiled",
    "load + compile by the clock",
    ...(values.before ? ["before: load + compile, session", "before, by the clock"] : []),
  ];
  return [
    `Seconds of processor time, of all threads, and by the clock where it says so; medians of ${rounds} processes, ${threads} threads. ${machine}.`,
    "",
    tableOf(head, rows),
    "",
  ].join("\n");
}

const results = { machine: machine({}), threads: Number(values.threads), rounds: Number(values.rounds), models: [] };
for (const model of names) {
  const requests = {};
  for (const [request, methods] of Object.entries(REQUESTS)) {
    process.stderr.write(`${model}, ${request} ...\n`);
    requests[request] = measure(model, methods);
  }
  const file_mib = rounded(statSync(join(values.cache, `${model}.onnx`)).size / 2 ** 20);
  results.models.push({ model, file_mib, requests });
  writeFileSync(join(values.out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(values.out, "table.md"), table(results));
}
console.log(table(results));
