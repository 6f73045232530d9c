// Makes the pictures of docs/gallery.md: photos of docs/images/photos as a MobileNetV2 sees them, and its maps.
//
//   npm run build && node scripts/gallery-pictures.mjs mobilenet_v2.onnx [photo ...]
//
// Without names, it makes those of every photo. It writes docs/images/gallery/PHOTO.webp, the part of the photo that the model
// sees, and PHOTO.CLASS.METHOD.webp, each map with its own scale, as on the sheets; and it prints what the model says.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onnxRuntime, PictureExplainer } from "@limn/node";
import sharp from "sharp";
import { Drawing } from "../packages/node/dist/sheet/drawing.js";
import { drawnMap } from "../packages/node/dist/sheet/drawn-map.js";
import { resized } from "../packages/node/dist/sheet/resized.js";

const IMAGES = fileURLToPath(new URL("../docs/images/", import.meta.url));

/** In pixels: the side of a tile, which is all that the model sees. */
const TILE = 320;

/** The classes that the gallery asks about. */
const PHOTOS = {
  rocket: ["drilling platform", "missile"],
  astronaut: ["bobsled", "space shuttle"],
  raccoon: ["badger"],
  flower: ["honeycomb"],
  espresso: ["espresso"],
  cat: ["Egyptian cat"],
  palace: ["palace"],
};

const [model, ...wanted] = process.argv.slice(2);
if (!model || !existsSync(model)) {
  console.error("give the model: node scripts/gallery-pictures.mjs mobilenet_v2.onnx");
  process.exit(1);
}
const explainer = await PictureExplainer.open(model, onnxRuntime(), { labels: "imagenet", preprocess: "imagenet" });
const indexOf = (name) => explainer.labels.indexOf(name);
await mkdir(join(IMAGES, "gallery"), { recursive: true });
for (const [photo, classes] of Object.entries(PHOTOS)) {
  if (wanted.length > 0 && !wanted.includes(photo)) continue;
  const explanations = await explainer.explain(join(IMAGES, "photos", `${photo}.jpg`), classes.map(indexOf));
  const [{ prediction, picture, view }] = explanations;
  const shown = await resized(picture, enlarged(picture, TILE / view.width));
  const frame = { left: Math.round((view.x * TILE) / view.width), top: Math.round((view.y * TILE) / view.width) };
  await save(photo, shown.rgb, [], shown, frame);
  for (const explanation of explanations) {
    for (const map of explanation.maps) {
      const { rgb, outline } = await drawnMap(explainer, { explanation, map }, shown);
      const { target } = explanation;
      await save(`${photo}.${target.label.replaceAll(" ", "-")}.${map.request.method}`, rgb, outline, shown, frame);
    }
  }
  const said = [...prediction.slice(0, 3), ...explanations.map(({ target }) => target)];
  console.log(photo, said.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`).join(", "));
}
await explainer.release();

function enlarged({ width, height }, times) {
  return { width: Math.round(width * times), height: Math.round(height * times) };
}

async function save(name, rgb, outline, { width, height }, frame) {
  const drawing = new Drawing(width, height);
  drawing.pixels(rgb, width, height, 0, 0);
  drawing.outline(outline, 0, 0);
  await sharp(await drawing.encoded("png"))
    .extract({ ...frame, width: TILE, height: TILE })
    .webp({ quality: 72, smartSubsample: true, effort: 6 })
    .toFile(join(IMAGES, "gallery", `${name}.webp`));
}
