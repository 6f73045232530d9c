import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { limn } from "../packages/cli/src/testing/command-line.js";
import { type Recipe, terminalLine, typescriptLines } from "../packages/studio/src/page/take/recipe.js";
import { commandsOf } from "./pages/shell.js";

/** Within the repository, so that the program finds packages; git ignores it. */
const scratch = fileURLToPath(new URL("../tmp/", import.meta.url));
mkdirSync(scratch, { recursive: true });
const folder = mkdtempSync(join(scratch, "recipe-"));
afterAll(() => rmSync(folder, { recursive: true }));

const recipe: Recipe = {
  model: "scenes-resnet",
  photos: [fileURLToPath(new URL("../packages/studio/pictures/cat-and-dog.png", import.meta.url))],
  targets: ["dog", "5"],
  wishes: [
    { method: "grad-cam", layer: "stage3", options: { relu: false } },
    { method: "layer-cam", layer: "stage3" },
    { method: "saliency" },
  ],
  preprocessing: {
    resize: 146,
    resample: "bilinear",
    centerCrop: [128, 128],
    rescale: 1 / 255,
    mean: [0.5],
    std: [0.25, 0.5, 0.25],
    channels: "bgr",
    layout: "nchw",
  },
};

it("the line for the terminal and the lines of TypeScript make the same maps", async () => {
  const [terminal, program] = [join(folder, "terminal"), join(folder, "program")];
  const [[, ...words] = []] = commandsOf(`${terminalLine(recipe)} --format npy --quiet --out '${terminal}'`);
  expect(await limn(...words)).toMatchObject({ code: 0, stderr: "" });
  const lines = typescriptLines([recipe]).replace('"limn-out"', JSON.stringify(program)).replace('["png"]', '["npy"]');
  const file = join(folder, "program.ts");
  writeFileSync(file, lines);
  await import(/* @vite-ignore */ pathToFileURL(file).href);
  const files = readdirSync(terminal);
  expect(files.filter((name) => !name.includes("contrast") && !name.includes("picture"))).toHaveLength(6);
  expect(readdirSync(program)).toEqual(files);
  for (const name of files) expect(readFileSync(join(program, name))).toEqual(readFileSync(join(terminal, name)));
}, 300_000);
