import {
  compile,
  Explainer,
  Preprocessor,
  randomized,
  rankCorrelation,
  structuralSimilarity,
  weightedLayers,
} from "@limn/core";
import { onnxRuntime, openClassifier } from "@limn/node";
import { evaluationScenes } from "@limn/scenes";

const [model = "scenes-resnet", count = "2"] = process.argv.slice(2);
const methods = ["saliency", "grad-cam", "lrp", "clrp", "relevance-cam", "guided-backprop", "deconvnet"];

const runtime = onnxRuntime();
const { classifier, input, preprocessing } = await openClassifier(model, runtime);
const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
const pictures = [];
const every = Math.max(1, Math.floor(64 / Number(count)));
let seen = 0;
for await (const { scene } of evaluationScenes()) {
  const { size, pixels } = scene;
  if (seen++ % every || pictures.length === Number(count)) continue;
  pictures.push(await preprocessor.run({ width: size, height: size, rgb: pixels }));
}

// the same class before and after: it is the weights that change, not the question
const requests = methods.map((method) => ({ method }));
async function mapsOf(network, targets = []) {
  const explainer = await Explainer.create(compile(network, requests), runtime);
  const explanations = [];
  for (const [i, { tensor }] of pictures.entries()) {
    explanations.push(...(await explainer.explain(tensor, [targets[i] ?? -1])));
  }
  await explainer.release();
  return explanations;
}

const original = await mapsOf(classifier);
const targets = original.map(({ target }) => target);
const layers = weightedLayers(classifier).length;
const rows = methods.map((method) => ({ method }));
for (const top of [1, Math.ceil(layers / 4), Math.ceil(layers / 2), layers]) {
  const changed = await mapsOf(await randomized(classifier, runtime, { layers: top }), targets);
  for (const [m, row] of rows.entries()) {
    const pairs = original.map(({ maps }, i) => [maps[m], changed[i].maps[m]]);
    const ranks = pairs.map(([a, b]) => rankCorrelation(a.values, b.values)).map((v) => (Number.isNaN(v) ? 0 : v));
    const structures = pairs.map(([a, b]) => structuralSimilarity(a.values, b.values, a.shape[1]));
    row[`top ${top} of ${layers}`] = `${mean(ranks).toFixed(2)} / ${mean(structures).toFixed(2)}`;
  }
}
console.log("rank correlation / SSIM with the maps of the trained network");
console.table(rows);
await preprocessor.release();

function mean(values) {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
