// Whether the same network gives the same maps however it was exported. See README.md here.
//
//   node bench/exports/run.mjs FOLDER [NETWORK ...]
//
// Compares the maps of all methods of one run, and of LRP by every composite, for each network's files in the folder that
// export.py has written, with those of the first. Exits with 1 if one differs by more than 1e-4 of the largest value, and by
// more than it moves when each number of the picture is rounded to the next one: files that calculate in another order can't
// agree better than that.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, composites, Explainer, loadClassifier, singleRunMethods } from "@limn/core";
import { onnxRuntime } from "@limn/node";
import { noise } from "../noise.mjs";

const LARGEST = 1e-4;
// other orders of calculating round at every node, not at the picture alone
const ROUNDINGS = 4;

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

/** Each number moved by one rounding, up and down in turns. */
const rounded = ({ data, ...image }) => ({ ...image, data: data.map((v, i) => v * (1 + (i % 2 ? 1 : -1) * 2 ** -23)) });

/** The maps of a file by title, and how far each moves by rounding; what can't be made is missing. */
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
  const explainer = await Explainer.create(compile(classifier, requests, { onRefused }), runtime);
  const [{ maps }] = await explainer.explain(image, [1]);
  const [{ maps: moved }] = await explainer.explain(rounded(image), [1]);
  await explainer.release();
  const made = requests.filter((request) => !refused.has(request));
  const entry = (values, i) => ({ values, byRounding: distance(moved[i].values, values) });
  return new Map(made.map((request, i) => [titleOf(request), entry(maps[i].values, i)]));
}

function distance(found, expected) {
  if (found?.length !== expected?.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return expected.reduce((worst, v, i) => Math.max(worst, Math.abs(found[i] - v)), 0) / largest;
}

const number = (x) => (x === 0 ? "0" : x.toExponential(0));
const largestOf = (differences) => differences.reduce((a, b) => (b.distance > a.distance ? b : a));

/** One entry for each map that either file has. */
function differencesOf(file, found, expected) {
  return [...new Set([...expected.keys(), ...found.keys()])].map((title) => {
    const [a, b] = [found.get(title), expected.get(title)];
    const byRounding = Math.max(a?.byRounding ?? 0, b?.byRounding ?? 0);
    return { title, way: file.split(".")[1], distance: distance(a?.values, b?.values), byRounding };
  });
}

const files = readdirSync(folder).filter((file) => file.endsWith(".onnx"));
const networks = [...new Set(files.map((file) => file.split(".")[0]))];
const isFault = ({ distance, byRounding }) => distance > Math.max(LARGEST, ROUNDINGS * byRounding);
const rows = [];
for (const network of networks.filter((name) => only.length === 0 || only.includes(name))) {
  const [first, ...others] = files.filter((file) => file.startsWith(`${network}.`));
  const expected = await mapsOf(first);
  const seen = [];
  for (const file of others) {
    const differences = differencesOf(file, await mapsOf(file), expected);
    seen.push(...differences);
    const { title, distance } = largestOf(differences);
    console.error(`${file}: ${differences.length} maps, at most ${number(distance)} (${title})`);
    for (const d of differences.filter((d) => d.distance > LARGEST)) {
      console.error(`  ${d.title}: ${number(d.distance)}, by rounding ${number(d.byRounding)}`);
    }
  }
  const { title, way, distance, byRounding } = largestOf(seen);
  rows.push(
    `| ${network} | ${others.length + 1} | ${expected.size} | ${number(distance)} | ${title}, ${way} | ${number(byRounding)} |`,
  );
  if (seen.some(isFault)) process.exitCode = 1;
}
console.log("| network | files | maps of each | largest difference | which | the same by rounding |");
console.log("| --- | --- | --- | --- | --- | --- |");
console.log(rows.join("\n"));
