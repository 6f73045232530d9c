// Whether the same network gives the same maps however it was exported. See README.md here.
//
//   node bench/exports/run.mjs FOLDER [NETWORK ...]
//
// Compares the maps of all methods of one run, and of LRP by every composite, for each network's files in the folder that
// export.py has written, with those of the first. Exits with 1 if one is another by more than 1e-4 of the largest value.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, composites, Explainer, loadClassifier, singleRunMethods } from "@limn/core";
import { onnxRuntime } from "@limn/node";
import { noise } from "../noise.mjs";

const LARGEST = 1e-4;

const [folder, ...only] = process.argv.slice(2);
if (!folder) {
  console.error("name the folder that bench/exports/export.py has written");
  process.exit(2);
}
const runtime = onnxRuntime({ threads: 1 });
const byComposite = Object.keys(composites)
  .filter((composite) => composite !== "epsilon-gamma-box")
  .map((composite) => ({ method: "lrp", options: { composite } }));
const requests = [...singleRunMethods.map((method) => ({ method })), ...byComposite];
const titleOf = ({ method, options }) => (options ? `${method} ${options.composite}` : method);

/** The maps of a file by title; what can't be made is missing. */
async function mapsOf(file) {
  const bytes = readFileSync(join(folder, file));
  const classifier = await loadClassifier(
    { location: file, bytes, weights: { files: new Map([[file, bytes]]) } },
    runtime,
  );
  const image = noise(classifier.image.dims);
  const refused = new Set();
  const onRefused = (request, error) => {
    if (error.code !== "not-applicable" && error.code !== "bad-option") throw error;
    refused.add(request);
  };
  const compiled = compile(classifier, requests, { onRefused });
  const explainer = await Explainer.create(compiled, runtime);
  const [{ maps }] = await explainer.explain(image, [1]);
  await explainer.release();
  const made = requests.filter((request) => !refused.has(request));
  return new Map(made.map((request, i) => [titleOf(request), maps[i].values]));
}

function distance(found, expected) {
  if (found?.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return expected.reduce((worst, v, i) => Math.max(worst, Math.abs(found[i] - v)), 0) / largest;
}

const files = readdirSync(folder).filter((file) => file.endsWith(".onnx"));
const rows = [];
let worst = 0;
const networks = [...new Set(files.map((file) => file.split(".")[0]))];
for (const network of networks.filter((name) => only.length === 0 || only.includes(name))) {
  const [first, ...others] = files.filter((file) => file.startsWith(`${network}.`));
  const expected = await mapsOf(first);
  const seen = [];
  for (const file of others) {
    const found = await mapsOf(file);
    const titles = new Set([...expected.keys(), ...found.keys()]);
    const distances = [...titles].map((title) => [title, distance(found.get(title), expected.get(title) ?? [])]);
    const [title, largest] = distances.reduce((a, b) => (b[1] > a[1] ? b : a));
    seen.push([largest, title, file]);
    console.error(
      `${file.padEnd(50)} ${String(titles.size).padStart(3)} maps, at most ${largest.toExponential(0)} (${title})`,
    );
  }
  const [largest, title, file] = seen.reduce((a, b) => (b[0] > a[0] ? b : a));
  worst = Math.max(worst, largest);
  const way = file.split(".")[1];
  rows.push(
    `| ${network} | ${others.length + 1} | ${expected.size} | ${largest.toExponential(0)} | ${title}, ${way} |`,
  );
}
console.log("| network | files | maps of each | largest difference | which |\n| --- | --- | --- | --- | --- |");
console.log(rows.join("\n"));
process.exitCode = worst <= LARGEST ? 0 : 1;
