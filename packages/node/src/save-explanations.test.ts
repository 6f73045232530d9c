import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "../../core/src/testing/networks.js";
import { readNpy } from "./npy.js";
import { PictureExplainer } from "./picture-explainer.js";
import { onnxRuntime } from "./runtime.js";
import { FORMATS, saveExplanations } from "./save-explanations.js";

const root = mkdtempSync(join(tmpdir(), "limn-save-"));
const model = join(root, "model.onnx");
writeFileSync(model, networks.residual());
const picture = join(root, "noise.png");
await sharp({
  create: {
    width: 60,
    height: 40,
    channels: 3,
    background: "#808080",
    noise: { type: "gaussian", mean: 128, sigma: 60 },
  },
})
  .png()
  .toFile(picture);

const explainer = await PictureExplainer.open(model, onnxRuntime({ threads: 1 }), {
  preprocess: "imagenet",
  targets: ["1", "predicted", "2"],
  methods: ["saliency", "grad-cam"],
  layers: ["stage2", "layer2.relu2_out"],
});
const explanations = await explainer.explain(picture);
afterAll(async () => {
  await explainer.release();
  rmSync(root, { recursive: true });
});

describe("explain", () => {
  it("explains a class once, however it was named", async () => {
    const [predicted] = explanations[0]?.prediction ?? [];
    const all = await explainer.explain(picture, [-1, predicted?.index ?? -1, -1]);
    expect(all).toHaveLength(1);
    const classes = explanations.map(({ target }) => target.index);
    expect(new Set(classes).size).toBe(classes.length);
    expect(new Set(classes)).toEqual(new Set([1, 2, predicted?.index]));
  });

  it("sorts the prediction", () => {
    const probabilities = explanations[0]?.prediction.map(({ probability }) => probability) ?? [];
    expect(probabilities).toHaveLength(5);
    expect(probabilities).toEqual(probabilities.slice().sort((a, b) => b - a));
  });
});

describe("saveExplanations", () => {
  it("writes a file of its own for every map and format, whole, and says which", async () => {
    const folder = join(root, "deep", "er");
    const saved = await saveExplanations(explainer, explanations, { folder, formats: FORMATS, stem: "cat" });
    const maps = [...saved.flatMap((explanation) => explanation.maps), ...(saved[0]?.contrast ?? [])];
    const said = [saved[0]?.sheet, ...maps.flatMap(({ files }) => files)];
    expect(new Set(said)).toEqual(new Set(readdirSync(folder).map((name) => join(folder, name))));
    // where class 1 or 2 is the predicted one, there are two classes, and their contrast
    const sets = explanations.length === 2 ? 3 : explanations.length;
    // a sheet; three maps per class, each as PNG, JSON and .npy in two sizes
    expect(new Set(said).size).toBe(1 + sets * 3 * 4);
    expect(said.every((path) => path && readFileSync(path).length > 0)).toBe(true);
    expect(saved[0]?.maps[1]?.files[0]).toBe(join(folder, "cat.class-1.grad-cam-stage2.png"));
  });

  it("writes the raw map, and the map on the picture's pixels", async () => {
    const [explanation] = explanations;
    const [map] = explanation?.maps ?? [];
    if (!explanation || !map) throw new Error("no map");
    const folder = join(root, "npy");
    const [saved] = await saveExplanations(explainer, [explanation], { folder, formats: ["npy", "json"] });
    const [raw = "", placed = "", json = ""] = saved?.maps[0]?.files ?? [];
    expect(raw).toBe(join(folder, "noise.saliency.npy"));
    expect(readNpy(raw)).toMatchObject({ dims: [32, 32], data: map.raw.values });
    const { dims, data } = readNpy(placed);
    expect(dims).toEqual([40, 60]);
    expect(data).toEqual((await explainer.place(map, explanation)).data);
    expect(JSON.parse(readFileSync(json, "utf8")).values).toHaveLength(32 * 32);
  });

  it("names the folder that can't be made, and leaves nothing", async () => {
    await expect(saveExplanations(explainer, explanations, { folder: model, formats: ["npy"] })).rejects.toMatchObject({
      code: "output",
      message: `${model}: there is a file of this name where the folder would be; choose another folder for the results`,
    });
    await expect(
      saveExplanations(explainer, explanations, { folder: join(model, "x"), formats: ["npy"] }),
    ).rejects.toMatchObject({ code: "output" });
  });
});
