// Makes docs/coverage.md of results.jsonl; see README.md here.
//
//   node bench/zoo/table.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../numbers.mjs";
import { tableOf } from "../report.mjs";
import { RIGHT_VERDICTS } from "./judge.mjs";

const here = dirname(fileURLToPath(import.meta.url));
/** All that there is to run, as run.py writes it. */
const zoo = JSON.parse(readFileSync(join(here, "zoo.json"), "utf8"));
const EXPORTERS = zoo.exporters;
const PLAIN = "as exported";
/** The exporters whose files are post-processed. */
const CHANGED = ["torchscript-17", "dynamo-18"];

/** The results in a file; of each network, exporter and variant the last one counts. */
function linesOf(name) {
  const latest = new Map();
  for (const line of readFileSync(join(here, name), "utf8").trim().split("\n")) {
    const result = JSON.parse(line);
    latest.set(`${result.network} ${result.exporter} ${result.variant}`, result);
  }
  return latest;
}

const latest = linesOf("results.jsonl");
const results = [...latest.values()];
/** What other frameworks export, as other_exporters.py writes it. */
const foreign = [...linesOf("others.jsonl").values()];
const plain = results.filter(({ variant, exporter }) => variant === PLAIN && EXPORTERS.includes(exporter));
const networks = [...new Set(plain.map(({ network }) => network))];

const isRight = ({ gradient }) => RIGHT_VERDICTS.includes(gradient?.verdict);

/** What became of a file, the first of these that applies. */
function fateOf(result) {
  if (result.export) return ["not exported", result.export];
  if (result.made ?? result.crash) return ["crashed", result.made ?? result.crash];
  if (result.runtime) return ["ONNX Runtime refuses it", result.runtime];
  if (result.load) return ["refused", result.load];
  if (!result.gradient) return ["no gradient", result.methods.saliency];
  return isRight(result)
    ? ["right", ""]
    : [`gradient: ${result.gradient.verdict}`, WHY[result.gradient.verdict] ?? "another gradient than PyTorch's"];
}

/** Why a verdict on a gradient decides nothing. */
const WHY = {
  "no step settles it":
    "along the direction in which Limn's gradient and PyTorch's differ, the score bends within every step that is not lost in rounding",
};

/** Whether a sum of LRP is about the score. */
const isWhole = (share) => share >= 0.5 && share <= 2;

const isExplained = (result) => result.methods !== undefined;

/**
 * The default layer next to the backbone's last feature map: `same` grid, or `larger` where the backbone pools once more; `tokens`
 * where the backbone has no grid.
 */
function layerVerdict({ layer, features }) {
  if (!features) return "unknown";
  if (features.length === 2) return "tokens";
  if (!layer.shape) return "none";
  const [found, own] = [layer.shape.slice(2), features.slice(1)];
  if (found.every((d, i) => d === own[i])) return "same";
  return found.every((d, i) => d > own[i]) ? "larger" : "other";
}

/** A reason without the names of nodes, so that equal ones can be counted. */
const kindOfReason = (reason) =>
  reason
    .replace(/^[a-z-]+: /, "")
    .replace(/(\. Please| \[Caused).*/, "")
    .replace(/"[^"]*"/g, '"..."')
    .replace(/\S+ \((\w+)\)/g, "$1")
    .replace(/\d+(\.\d+)?(e[+-]?\d+)?/g, "#");

function counted(list) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

const share = (some, all) => (all === 0 ? "-" : `${some} of ${all}`);
const secondsOf = ({ seconds = {} }, ...steps) => steps.reduce((sum, step) => sum + (seconds[step] ?? 0), 0);
const medianOf = (list) => (list.length === 0 ? "-" : median(list).toPrecision(2));

function summary(groups) {
  const rows = groups.map(([name, group]) => {
    const exported = group.filter((r) => !r.export && !r.made);
    const running = exported.filter((r) => !r.runtime);
    const explained = running.filter(isExplained);
    const grids = explained.filter((r) => r.features?.length === 3);
    const sums = explained.map((r) => r.relevance).filter((r) => r !== undefined);
    return [
      name,
      share(exported.length, group.length),
      share(running.length, exported.length),
      share(explained.filter(isRight).length, running.length),
      share(grids.filter((r) => ["same", "larger"].includes(layerVerdict(r))).length, grids.length),
      share(sums.filter(isWhole).length, sums.length),
      medianOf(explained.map((r) => secondsOf(r, "load", "compile"))),
      medianOf(explained.map((r) => secondsOf(r, "session", "run"))),
    ];
  });
  const head = [
    "files",
    "made",
    "run by ONNX Runtime",
    "gradient right",
    "default layer on the last grid",
    "LRP's sum within 0.5 to 2 of the score",
    "load + compile, s",
    "session + run of all methods, s",
  ];
  return tableOf(head, rows);
}

function methodsTable() {
  const explained = results.filter(isExplained);
  const names = [...new Set(explained.flatMap((r) => Object.keys(r.methods)))];
  const rows = names.map((name) => {
    const asked = explained.filter((r) => name in r.methods);
    const reasons = asked.flatMap((r) => r.methods[name] ?? []);
    const said = counted(reasons.map(kindOfReason)).map(([reason, count]) => `${count}: ${escaped(reason)}`);
    return [name, share(asked.length - reasons.length, asked.length), said.join("<br>")];
  });
  return tableOf(["method", "maps", "why not, and for how many files"], rows);
}

const escaped = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

function cellOf(result) {
  if (!result) return "not run";
  const [fate] = fateOf(result);
  if (fate !== "right") return fate;
  return { agrees: `${result.gradient.difference}`, kink: "a kink" }[result.gradient.verdict] ?? "by steps";
}

function layerCell(result) {
  const { layer, features } = result;
  if (!layer) return "";
  const found = layer.shape ? layer.shape.slice(2).join("x") : "none";
  if (!features) return found;
  return features.length === 2 ? `${found}; ${features[1]} tokens` : `${found}; ${features.slice(1).join("x")}`;
}

function networksTable() {
  const rows = networks.map((network) => {
    const own = plain.filter((r) => r.network === network);
    const by = (exporter) => own.find((r) => r.exporter === exporter);
    const some = own.find(isExplained) ?? own[0];
    const { relevance } = own.find((r) => r.relevance !== undefined) ?? {};
    return [
      network,
      some.size ?? "",
      some.parameters ? (some.parameters / 1e6).toPrecision(2) : "",
      ...EXPORTERS.map((exporter) => cellOf(by(exporter))),
      ...explainedCells({ ...some, relevance }),
    ];
  });
  const head = ["network", "input", "parameters, M", ...EXPORTERS, ...EXPLAINED];
  return tableOf(head, rows);
}

/** What tables of files end with, and the cells of one file below it. */
const EXPLAINED = ["default layer; backbone's own", "LRP's sum / score", "load + compile, s"];
function explainedCells(result) {
  const seconds = result.seconds ? secondsOf(result, "load", "compile").toPrecision(2) : "";
  return [layerCell(result), result.relevance ?? "", seconds];
}

/** A row for each file of other frameworks. */
function foreignTable() {
  const rows = foreign.map((result) => [
    result.network,
    result.exporter,
    (result.parameters / 1e6).toPrecision(2),
    cellOf(result),
    ...explainedCells(result),
  ]);
  const head = ["network", "exporter", "parameters, M", "gradient", ...EXPLAINED];
  return tableOf(head, rows);
}

/** Networks that have an exact reference, which is wrong. */
function settledBySteps() {
  const bySteps = plain.filter(({ gradient }) => gradient?.verdict === "steps agree" && gradient.difference);
  const named = [...new Set(bySteps.map(({ network }) => network))];
  return `For ${named.length} networks PyTorch's autograd gives another gradient than small steps of the exported file do, and those agree with Limn: ${named.join(", ")}.`;
}

/** What is not right, by its reason. */
function remaining() {
  const rows = new Map();
  const add = (what, reason, { network, exporter, variant }) => {
    const key = `${what}: ${escaped(kindOfReason(reason ?? ""))}`;
    const file = `${network} (${exporter}${variant === PLAIN ? "" : `, ${variant}`})`;
    rows.set(key, [...(rows.get(key) ?? []), file]);
  };
  for (const result of results) {
    const [fate, reason] = fateOf(result);
    if (fate !== "right") add(fate, reason, result);
    if (!isExplained(result)) continue;
    const verdict = layerVerdict(result);
    if (verdict === "none" || verdict === "other") {
      add("default layer", `${verdict === "none" ? "none" : "another grid than the backbone's"}`, result);
    }
    if (result.relevance !== undefined && !isWhole(result.relevance)) {
      add("LRP's sum", "far from the score; bench/zoo/README.md says why, under what is compared", result);
    }
  }
  return [...rows].map(([key, files]) => `- **${key}** ${files.join(", ")}`).join("\n");
}

const wholeSeconds = (r) =>
  r.makeSeconds ? [r.makeSeconds + r.exportSeconds + secondsOf(r, "load", "compile", "session", "run")] : [];

function notRun() {
  const times = (exporter) => plain.filter((r) => r.exporter === exporter).flatMap(wholeSeconds);
  const dynamo = plain.filter((r) => r.exporter.startsWith("dynamo")).flatMap(wholeSeconds);
  const rows = EXPORTERS.map((exporter) => {
    const own = times(exporter);
    const each = medianOf(own.length > 0 ? own : dynamo);
    const missing = zoo.networks.filter((n) => !latest.has(`${n} ${exporter} ${PLAIN}`));
    return { name: exporter, missing, all: zoo.networks.length, each };
  });
  const changed = others.flatMap((r) => secondsOf(r, "load", "compile", "session", "run"));
  const ofChanged = CHANGED.map((exporter) => {
    const cells = zoo.subjects.flatMap((n) => zoo.variants.map((v) => `${n} ${exporter} ${v}`));
    const missing = cells.filter((cell) => !latest.has(cell));
    return { name: `post-processing of ${exporter}`, missing, all: cells.length, each: medianOf(changed) };
  });
  return [...rows, ...ofChanged].flatMap(({ name, missing, all, each }) =>
    missing.length === 0
      ? []
      : [
          `- ${name}: ${missing.length} of ${all} files, about ${Math.ceil((missing.length * Number(each)) / 60)} minutes at ${each} s each`,
        ],
  );
}

/** The groups of a list by their names, in the order of their first members. */
function grouped(list, nameOf) {
  const groups = new Map();
  for (const item of list) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return [...groups];
}

const kindOfFile = ({ exporter, variant }) => (variant === PLAIN ? exporter : `${variant}, of ${exporter}`);
const others = results.filter((r) => !plain.includes(r));
const missing = notRun();
const page = `# Coverage, measured

What Limn does with ${results.length} files of ${new Set(results.map((r) => r.network)).size} networks: architectures of torchvision, timm (the smallest of each family) and transformers
with seeded random weights, exported and post-processed as people do it. Made by \`bench/zoo\`, whose
[README](../bench/zoo/README.md) says how. *Gradient right* means that the gradient of the predicted class's logit by the input agrees
with PyTorch's autograd, or that central differences on the original file decide for it where the two differ.

## Files

${summary(grouped([...plain, ...others], kindOfFile))}

Not run yet:

${missing.join("\n") || "Nothing."}

## Other frameworks

Networks of Keras (its own export, tf2onnx), JAX (jax2onnx) and Paddle (paddle2onnx) for pictures of 96 x 96, with seeded weights. *Gradient*: its
difference from the framework's own, \`by steps\` where small steps of the file decided for Limn's, or what went wrong.

${foreignTable()}

## Methods

Maps that are not finite count as missing.

${methodsTable()}

## What remains

${remaining() || "Nothing."}

## Networks

${settledBySteps()}

Under an exporter's name: the difference of Limn's gradient from autograd's as a share of its length, \`by steps\` where central
differences decided for Limn's, \`a kink\` where the score bends at this very input and each of the two is its slope on one side,
or what went wrong. Other columns are those of the first exporter that has them. Seconds on two shared cores.

${networksTable()}
`;
writeFileSync(join(here, "../../docs/coverage.md"), page);
