import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "../../core/src/testing/networks.js";
import { readNpy } from "./npy.js";
import { PictureExplainer } from "./picture-explainer.js";
import { onnxRuntime } from "./runtime.js";
import { FORMATS, saveExplanations } from "./save-explanations.js";
import { noisePicture } from "./testing/noise-picture.js";

const root = mkdtempSync(join(tmpdir(), "limn-save-"));
const model = join(root, "model.onnx");
writeFileSync(model, networks.residual());
const picture = await noisePicture(join(root, "noise.png"), 60, 40);

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
    const sheets = ["png", "webp", "svg"].map((format) => join(folder, `cat.sheet.${format}`));
    expect(saved[0]?.sheet).toBe(sheets[0]);
    const said = [...sheets, ...maps.flatMap(({ files }) => files)];
    expect(new Set(said)).toEqual(new Set(readdirSync(folder).map((name) => join(folder, name))));
    // where class 1 or 2 is the predicted one, there are two classes, and their contrast
    const sets = explanations.length === 2 ? 3 : explanations.length;
    // three sheets; three maps per class, each as a card and an overlay in three formats, JSON and .npy in two sizes
    expect(new Set(said).size).toBe(3 + sets * 3 * 9);
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

  it("writes maps on the picture alone, in its size, without a sheet", async () => {
    const folder = join(root, "overlay");
    const formats = ["overlay"] as const;
    const [saved] = await saveExplanations(explainer, explanations.slice(0, 1), { folder, formats });
    expect(saved?.sheet).toBeUndefined();
    expect(saved?.maps.map(({ files }) => files)).toEqual(
      ["saliency", "grad-cam-stage2", "grad-cam-layer2.relu2_out"].map((name) => [
        join(folder, `noise.${name}.overlay.png`),
      ]),
    );
    const overlays = await Promise.all(
      (saved?.maps ?? []).map(({ files: [file] }) => sharp(file).raw().toBuffer({ resolveWithObject: true })),
    );
    for (const { info } of overlays) expect(info).toMatchObject({ width: 60, height: 40 });

    const look = { opacity: 0, smooth: 0.1, colormap: "gray", scale: "full" } as const;
    const [bare] = await saveExplanations(explainer, explanations.slice(0, 1), { folder, formats, look });
    const shown = await sharp(bare?.maps[0]?.files[0]).raw().toBuffer();
    expect(shown.equals(overlays[0]?.data as Buffer)).toBe(false);
  });

  it.each([
    [{ colormap: "jett" }, 'there is no color map "jett"; choose one of ember, meadow, gray, polar, aurora'],
    [{ colormap: "embers" }, 'there is no color map "embers"; did you mean "ember"?'],
    [{ opacity: 1.2 }, "opacity 1.2: give a number from 0, the photo alone, to 1"],
    [{ smooth: -1 }, "smooth -1: give a standard deviation as a share of the longer side, such as 0.01, or 0 for none"],
    [{ scale: 0 }, "scale 0: give own, full, shared, or a number above 0, which the strongest color then stands for"],
  ])("refuses a look that can't be drawn, and writes nothing: %j", async (look, message) => {
    const folder = join(root, "refused");
    await expect(saveExplanations(explainer, explanations, { folder, formats: ["png"], look })).rejects.toMatchObject({
      code: "bad-option",
      message,
    });
    expect(existsSync(folder)).toBe(false);
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
