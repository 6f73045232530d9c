// Writes docs/claims.md: the claims on scenes and, where LIMN_ASSETS names a folder with models and annotated photos, on
// those too. See README.md here.
//
//   LIMN_ASSETS=path/to/assets node bench/claims/run.mjs [--count 200] [--seed 11] [--threads 2]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { claimsPage, testClaims } from "@limn/evaluate";
import { onnxRuntime } from "@limn/node";
import { cocoOf } from "./photos.mjs";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    // none that the claims' bounds were chosen on
    seed: { type: "string", default: "11" },
    threads: { type: "string", default: "2" },
    out: { type: "string", default: "docs/claims.md" },
  },
});
const runtime = onnxRuntime({ threads: Number(values.threads) });
const assets = process.env.LIMN_ASSETS;
const PHOTO_MODELS = ["squeezenet1.1", "mobilenet_v2_torchvision"];

const onProgress = ({ model, claims, done, total }) => {
  if (done === 0) console.error(`${model}: claims ${claims.join(", ")}, ${total}`);
};

async function scenesPart() {
  const count = Number(values.count);
  const document = await testClaims({ count, seed: Number(values.seed), target: "label", onProgress }, runtime);
  const introduction = `The [embedded models](models.md) on [scenes](scenes.md) with exact masks, ${count} for each experiment, chosen to show what the claim is about. The label's score is explained, right or wrong.`;
  return { title: "Scenes", introduction, document };
}

async function photosPart() {
  const folder = mkdtempSync(join(tmpdir(), "limn-claims-"));
  const write = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const read = (path) => JSON.parse(readFileSync(join(assets, path), "utf8"));
  try {
    const annotated = read("photos/coco/annotations.json");
    const mapping = write("mapping.json", annotated.coco_to_imagenet);
    const descriptions = read("models.json");
    const documents = [];
    for (const name of PHOTO_MODELS) {
      const { preprocess } = descriptions.find((model) => model.name === name);
      const options = {
        models: [join(assets, `models/${name}.onnx`)],
        classifier: {
          labels: join(assets, "labels/imagenet1000.json"),
          preprocess: write("preprocessing.json", preprocessingOf(preprocess)),
        },
        data: { data: write("annotations.json", cocoOf(annotated, name)), pictures: join(assets, "photos/coco") },
      };
      documents.push(
        await testClaims({ ...options, mapping, count: 0, seed: 0, target: "label", onProgress }, runtime),
      );
    }
    const title = `${annotated.images.length} photos`;
    const models = documents
      .flatMap((document) => document.models)
      .map((model) => ({
        ...model,
        name: model.name.replace(/\.onnx$/, ""),
        results: model.results.map((result) => ({ ...result, data: title })),
      }));
    return { title: "Photos", introduction: photosInWords(title), document: { ...documents[0], models } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The assets' own words for a preprocessing, as a preprocessing file. */
const preprocessingOf = ({ resize, size, mean, std }) => ({
  resize,
  resample: "bicubic",
  centerCrop: [size, size],
  rescale: 1,
  mean,
  std,
});

const photosInWords = (title) =>
  `Two networks for ImageNet, SqueezeNet 1.1 and MobileNetV2, on ${title} of COCO that are not part of this repository: everyday sights, most with several objects, whose outlines (boxes, where there is no outline) are known. COCO's categories stand for the classes of ImageNet that fit them. The score that is explained is that of the most probable class that fits an object in the picture, where the network has one among its five most probable, else that of its prediction; then the picture counts only for claims that ask for no object. So few pictures leave much open. SqueezeNet's last layer has a channel for each class, which makes Grad-CAM and Grad-CAM++ the same there.`;

const HOW = `Claims of the literature about explanations, tested. \`limn claims\` tests the same on your own models and pictures. This page is made by \`npm run build && LIMN_ASSETS=path/to/assets node bench/claims/run.mjs\`.`;

const parts = [await scenesPart(), ...(assets ? [await photosPart()] : [])];
writeFileSync(values.out, claimsPage(HOW, parts));
