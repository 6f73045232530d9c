// Makes the pictures of docs/methods: what each method shows of the demo's cat and dog, by scenes-resnet, or by scenes-vit
// where a method needs attention.
//
//   npm run build && node scripts/method-pictures.mjs [method ...]
//
// Without names, it makes all of them. It writes docs/images/methods/NAME.webp, a strip of maps for each page, and
// NAME.thumb.webp for the table of docs/methods.md. Each map has its own scale, that of the comparison sheets.
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findMethod, Imaginer, isDiverging } from "@limn/core";
import { DEFAULT_MODEL } from "@limn/models";
import { choosePreprocessing, findModel, labelsFor, loadModel, onnxRuntime, PictureExplainer } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import sharp from "sharp";
import { Drawing } from "../packages/node/dist/sheet/drawing.js";
import { drawnMap } from "../packages/node/dist/sheet/drawn-map.js";
import { drawColors } from "../packages/node/dist/sheet/elements.js";
import { resized } from "../packages/node/dist/sheet/resized.js";
import { NAME, TICK } from "../packages/node/dist/sheet/styles.js";

const FOLDER = fileURLToPath(new URL("../docs/images/methods/", import.meta.url));

/** In pixels. */
const [TILE, GAP, CAPTION, BAR_WIDTH, FOOT] = [288, 16, 36, 270, 48];
const THUMB = 96;

const both = (method, settings = {}, words = "") =>
  ["cat", "dog"].map((target) => ({ method, target, caption: words ? `${target}, ${words}` : target, ...settings }));
const only = (target, method, caption, settings = {}) => ({ method, target, caption, ...settings });
const deepAndShallow = (method) => [...both(method), ...both(method, { layer: "stage2" }, "stage2")];

/** What a page's strip shows next to the picture. Without an entry here: the method for both animals. */
const STRIPS = {
  saliency: [
    ...both("saliency"),
    only("cat", "signed", "cat, signed"),
    only("cat", "input-x-gradient", "cat, input-x-gradient"),
  ],
  "smooth-grad": [
    ...both("smooth-grad"),
    only("cat", "saliency", "cat, saliency"),
    only("dog", "saliency", "dog, saliency"),
  ],
  "integrated-gradients": [
    ...both("integrated-gradients"),
    ...both("integrated-gradients", { options: { baseline: "mean" } }, "from mean color"),
  ],
  "grad-cam-plus-plus": [...both("grad-cam-plus-plus"), ...both("grad-cam-plus-plus-normalized", {}, "normalized")],
  "eigen-cam": [
    only("cat", "eigen-cam", "any class"),
    only("cat", "eigen-cam", "any class, stage3", { layer: "stage3" }),
    only("cat", "eigen-cam", "any class, stage2", { layer: "stage2" }),
    only("cat", "eigen-cam-centered", "any class, centered"),
  ],
  lrp: [
    ...both("lrp"),
    ...["epsilon", "epsilon-gamma-box"].map((composite) =>
      only("cat", "lrp", `cat, ${composite}`, { options: { composite } }),
    ),
  ],
  rollout: [
    only("cat", "rollout", "any class"),
    only("cat", "rollout", "largest of the heads", { options: { fuse: "max" } }),
    only("cat", "rollout", "lowest half left out", { options: { discard: 0.5 } }),
  ],
  clrp: [...both("clrp"), ...both("lrp", {}, "lrp")],
};

/** Of a method that needs a layer, a shallow one too. */
const stripOf = (name) =>
  STRIPS[name] ?? (findMethod(name).method.usesLayer === true ? deepAndShallow(name) : both(name));

/** Methods of attention need a network that has it. */
const modelOf = (method) => (findMethod(method).method.family === "attention" ? "scenes-vit" : DEFAULT_MODEL);

/** What has a page: methods, and variants with pages of their own. */
const PAGES = readdirSync(new URL("../docs/methods/", import.meta.url))
  .map((page) => page.replace(".md", ""))
  .filter((name) => name !== "class-model");

/** Classes of the picture of class-model. */
const IMAGINED = ["sailboat", "mushroom", "fish", "dog", "umbrella"];

const runtime = onnxRuntime();
const scratch = await mkdtemp(join(tmpdir(), "limn-pictures-"));
const path = join(scratch, "cat-and-dog.png");
await writeFile(path, await scenePng(await demoScene()));
await mkdir(FOLDER, { recursive: true });

const wanted = process.argv.slice(2);
for (const name of PAGES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const drawn = await mapsOf(stripOf(name));
  await save(name, strip(drawn));
  await saveThumbnail(name, drawn[1]);
}
if (wanted.length === 0 || wanted.includes("class-model")) {
  const drawn = await imaginedTiles();
  await save("class-model", strip(drawn));
  await saveThumbnail("class-model", drawn[0]);
}
await rm(scratch, { recursive: true });

/** The picture, and a tile for each map: `{ rgb, width, height, caption, colors }`. */
async function mapsOf(tiles) {
  const drawn = [];
  for (const { method, target, caption, layer, options } of tiles) {
    const explainer = await PictureExplainer.open(modelOf(method), runtime, {
      methods: [method],
      targets: [target],
      ...(layer ? { layers: [layer] } : {}),
      ...(options ? { options: { [method]: options } } : {}),
    });
    const [explanation] = await explainer.explain(path);
    const size = { width: TILE, height: TILE };
    const picture = await resized(explanation.picture, size);
    if (drawn.length === 0) drawn.push({ ...picture, caption: "picture" });
    const [map] = explanation.maps;
    drawn.push({ ...picture, ...(await drawnMap(explainer, { explanation, map }, picture)), caption });
    await explainer.release();
  }
  return drawn;
}

/** A tile for each imagined class, by the default recipe. */
async function imaginedTiles() {
  const found = await findModel(DEFAULT_MODEL);
  const classifier = await loadModel(found, runtime);
  const { preprocessing } = await choosePreprocessing({}, classifier, runtime, found.preprocessing);
  const { labels } = labelsFor(classifier, found.labels);
  const imaginer = await Imaginer.create(classifier, runtime, preprocessing);
  const drawn = [];
  for (const caption of IMAGINED) {
    const picture = await imaginer.imagine(labels.indexOf(caption));
    drawn.push({ ...(await resized(picture, { width: TILE, height: TILE })), caption });
  }
  await imaginer.release();
  return drawn;
}

/** Tiles side by side with their captions, and below the first of a kind the bar of its colors. */
function strip(tiles) {
  const bars = tiles.filter((tile, i) => tile.colors && tiles.findIndex(({ colors }) => colors === tile.colors) === i);
  const height = TILE + CAPTION + (bars.length > 0 ? FOOT : 0);
  const drawing = new Drawing(tiles.length * (TILE + GAP) + GAP, height + 2 * GAP);
  tiles.forEach(({ rgb, width, height, outline = [], caption }, i) => {
    const x = GAP + i * (TILE + GAP);
    drawing.pixels(rgb, width, height, x, GAP);
    drawing.outline(outline, x, GAP);
    drawing.text(caption, x, GAP + TILE + 24, NAME);
  });
  for (const tile of bars) {
    const { colors, range } = tile;
    const x = GAP + (TILE + GAP) * tiles.indexOf(tile);
    const y = GAP + TILE + CAPTION + 8;
    drawColors(drawing, colors, BAR_WIDTH, x, y);
    // a range that begins above zero is one whose zero says nothing
    const [low, high] = isDiverging(colors) ? ["−1", "1"] : range.low > 0 ? ["least", "most"] : ["0", "1"];
    drawing.text(low, x, y + 28, TICK);
    if (isDiverging(colors)) drawing.text("0", x + BAR_WIDTH / 2, y + 28, { ...TICK, anchor: "middle" });
    drawing.text(high, x + BAR_WIDTH, y + 28, { ...TICK, anchor: "end" });
  }
  return drawing;
}

async function save(name, drawing) {
  const { size } = await sharp(await drawing.encoded("png"))
    .webp({ quality: 60, smartSubsample: true, effort: 6 })
    .toFile(join(FOLDER, `${name}.webp`));
  console.log(`${name}.webp: ${Math.round(size / 1000)} kB`);
}

/** Of one tile. */
async function saveThumbnail(name, { rgb, width, height }) {
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(THUMB, THUMB)
    .webp({ quality: 75, smartSubsample: true })
    .toFile(join(FOLDER, `${name}.thumb.webp`));
}
