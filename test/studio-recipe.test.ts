import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { readNpy } from "../packages/node/src/npy.js";
import { type Recipe, terminalLine, typescriptLines } from "../packages/studio/src/page/take/recipe.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "limn-recipe-"));
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

const run = promisify(execFile);

it("the line for the terminal and the lines of TypeScript make the same maps", async () => {
  const [terminal, program] = [join(folder, "terminal"), join(folder, "program")];
  const line = `${terminalLine(recipe)} --format npy --quiet --out '${terminal}'`;
  await run("sh", ["-c", `limn() { '${process.execPath}' packages/cli/bin/limn.js "$@"; }; ${line}`], { cwd: ROOT });
  const lines = typescriptLines([recipe]).replace('"limn-out"', JSON.stringify(program)).replace('["png"]', '["npy"]');
  await run(process.execPath, ["--input-type=module", "--eval", lines], { cwd: ROOT });
  const files = readdirSync(terminal);
  expect(files.filter((name) => !name.includes("contrast") && !name.includes("picture"))).toHaveLength(6);
  expect(readdirSync(program)).toEqual(files);
  for (const name of files) {
    const maps = [program, terminal].map((folder) => readNpy(join(folder, name)));
    expect(maps[0]?.dims).toEqual(maps[1]?.dims);
    const [found = [], wanted = []] = maps.map(({ data }) => Array.from(data, Number));
    // what the crop leaves out is NaN
    const seen = wanted.filter((v) => !Number.isNaN(v));
    expect(seen.length).toBeGreaterThan(0);
    const largest = seen.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    // ONNX Runtime optimizes the program's graph, but not that of a command for one photo, so that last digits differ
    const isClose = (v: number, w = 0) => Math.abs(v - w) < 1e-5 * largest || (Number.isNaN(v) && Number.isNaN(w));
    expect(wanted.every((v, i) => isClose(v, found[i]))).toBe(true);
  }
}, 120_000);
