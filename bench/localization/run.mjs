// Where the maxima of maps fall: the pointing game on real photos with boxes. See README.md here.
//
//   LIMN_ASSETS=path/to/assets node bench/localization/run.mjs
//
// For every photo and every annotated category that a model has among its five most probable classes, explains the most
// probable fitting class and asks whether the map's maximum lies in a box of that category. Writes results.json and
// docs/localization.md.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onnxRuntime, PictureExplainer } from "@limn/node";

const here = dirname(fileURLToPath(import.meta.url));
const assets = process.env.LIMN_ASSETS;
if (!assets) {
  console.error("LIMN_ASSETS is not set: it names the folder with the models and the annotated photos");
  process.exit(2);
}
const MODELS = ["squeezenet1.1", "mobilenet_v2_torchvision", "mobilenet_v1_0.25_224_float"];
const METHODS = ["grad-cam", "cam", "saliency", "guided-backprop"];
const models = JSON.parse(readFileSync(join(assets, "models.json"), "utf8"));
const { images, coco_to_imagenet: classesOf } = JSON.parse(
  readFileSync(join(assets, "photos/coco/annotations.json"), "utf8"),
);

/** The asset's own words for its preprocessing, as a preprocessing file. */
function preprocessingFile({ name, preprocess: p }) {
  const file = join(tmpdir(), `limn-localization-${name}.json`);
  const own = {
    resize: p.resize,
    resample: "bicubic",
    centerCrop: [p.size, p.size],
    rescale: 1,
    mean: p.mean,
    std: p.std,
  };
  writeFileSync(file, JSON.stringify(own));
  return file;
}

const isIn =
  (x, y) =>
  ([left, top, width, height]) =>
    x >= left && x < left + width && y >= top && y < top + height;

/** The pixel with the largest value; where the model did not look there is none. */
function peakOf({ data, width }) {
  let best = -1;
  data.forEach((v, i) => {
    if (!Number.isNaN(v) && (best < 0 || v > data[best])) best = i;
  });
  return [(best % width) + 0.5, Math.floor(best / width) + 0.5];
}

/** The share of the seen pixels that lie in a box: what a random point would score. */
function chance({ data, width }, boxes) {
  let seen = 0;
  let inside = 0;
  data.forEach((v, i) => {
    if (Number.isNaN(v)) return;
    seen++;
    if (boxes.some(isIn((i % width) + 0.5, Math.floor(i / width) + 0.5))) inside++;
  });
  return inside / seen;
}

async function measure(model) {
  const explainer = await PictureExplainer.open(join(assets, model.file), onnxRuntime({ threads: 2 }), {
    methods: METHODS,
    preprocess: preprocessingFile(model),
  });
  const hits = Object.fromEntries(METHODS.map((m) => [m, 0]));
  const cases = [];
  let expected = 0;
  for (const photo of images) {
    const path = join(assets, "photos/coco", photo.file);
    const [first] = await explainer.explain(path, [-1]);
    const seen = first.prediction.map(({ index }) => index);
    for (const category of new Set(photo.boxes.map((b) => b.category))) {
      const target = seen.find((index) => classesOf[category]?.includes(index));
      if (target === undefined) continue;
      const boxes = photo.boxes.filter((b) => b.category === category).map((b) => b.bbox);
      const [explanation] = await explainer.explain(path, [target]);
      const found = {};
      let placed;
      for (const map of explanation.maps) {
        placed = await explainer.place(map, explanation);
        found[map.request.name] = boxes.some(isIn(...peakOf(placed)));
        if (found[map.request.name]) hits[map.request.name]++;
      }
      expected += chance(placed, boxes);
      cases.push({ photo: photo.file, category, target, found });
    }
  }
  await explainer.release();
  return { model: model.name, n: cases.length, hits, chance: expected / cases.length, cases };
}

const results = [];
for (const name of MODELS) results.push(await measure(models.find((m) => m.name === name)));
writeFileSync(join(here, "results.json"), `${JSON.stringify(results, null, 1)}\n`);

const percent = (part, whole) => `${part}/${whole} (${((100 * part) / whole).toFixed(0)} %)`;
const rows = results.map(
  (r) =>
    `| ${r.model} | ${METHODS.map((m) => percent(r.hits[m], r.n)).join(" | ")} | ${(100 * r.chance).toFixed(0)} % |`,
);
writeFileSync(
  "docs/localization.md",
  `# Where the maxima fall

The pointing game on 40 COCO photos: of the annotated categories that a model has among its five most probable classes, the
share for which the map's maximum lies in one of the category's boxes. The map is made for the most probable fitting
class, at the default layer, and laid on the original photo; the maximum is sought where the model looked. *Chance* is
what a random pixel of the seen area would score. Made by \`bench/localization/run.mjs\`.

| model | ${METHODS.join(" | ")} | chance |
| --- |${METHODS.map(() => " --- |").join("")} --- |
${rows.join("\n")}
`,
);
console.log(rows.join("\n"));
