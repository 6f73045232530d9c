import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "../../core/src/testing/networks.js";
import { contrastOf } from "./contrast.js";
import { readNpy } from "./npy.js";
import { PictureExplainer, type PictureExplanation } from "./picture-explainer.js";
import { onnxRuntime } from "./runtime.js";
import { saveExplanations } from "./save-explanations.js";
import { sheetOf } from "./sheet/sheet-of.js";
import { noisePicture } from "./testing/noise-picture.js";

const root = mkdtempSync(join(tmpdir(), "limn-contrast-"));
const model = join(root, "model.onnx");
writeFileSync(model, networks.residual());
const labels = join(root, "labels.txt");
writeFileSync(labels, "cat\ndog\nsand_piper\nkite\nkiwi\n");
const picture = await noisePicture(join(root, "noise.png"), 48, 40);

const explainer = await PictureExplainer.open(model, onnxRuntime({ threads: 1 }), {
  preprocess: "imagenet",
  labels,
  targets: ["sand piper,dog"],
  methods: ["saliency", "grad-cam"],
});
const explanations = await explainer.explain(picture);
afterAll(async () => {
  await explainer.release();
  rmSync(root, { recursive: true });
});

const blankIn = ([one, other]: readonly PictureExplanation[], which: "first" | "both"): PictureExplanation[] =>
  [one, other].map((explanation, i) => {
    const { maps, ...rest } = explanation as PictureExplanation;
    if (which === "first" && i === 1) return { ...rest, maps };
    const diagnosis = { symptom: "all-zero", tensor: undefined, message: "the gradient is zero" } as const;
    return {
      ...rest,
      maps: maps.map(({ request, raw }) => ({
        request,
        raw: { ...raw, values: raw.values.map(() => 0) },
        diagnosis,
      })),
    };
  });

describe("contrastOf", () => {
  it("subtracts the second class's maps from the first's, each by its own largest value", () => {
    expect(explanations.map(({ target }) => target.label)).toEqual(["sand_piper", "dog"]);
    const contrast = contrastOf(explanations);
    expect(contrast?.maps.map(({ request }) => [request.name, request.signed])).toEqual([
      ["saliency", true],
      ["grad-cam", true],
    ]);
    contrast?.maps.forEach(({ raw, diagnosis }, m) => {
      const [a, b] = explanations.map(({ maps }) => maps[m]?.raw.values ?? new Float32Array());
      if (!a || !b) throw new Error("no maps");
      const [largestA, largestB] = [a, b].map((values) => Math.max(...values.map(Math.abs)) || 1) as [number, number];
      raw.values.forEach((v, i) => {
        expect(v).toBeCloseTo((a[i] as number) / largestA - (b[i] as number) / largestB, 5);
      });
      expect(diagnosis).toBeUndefined();
    });
  });

  it("is there for two classes only", () => {
    expect(contrastOf([])).toBeUndefined();
    expect(contrastOf(explanations.slice(0, 1))).toBeUndefined();
    expect(contrastOf([...explanations, ...explanations])).toBeUndefined();
  });

  it("says why there is nothing to show", () => {
    const messageOf = (pair: readonly PictureExplanation[]) => contrastOf(pair)?.maps[0]?.diagnosis?.message;
    const [one] = explanations as [PictureExplanation];
    expect(messageOf([one, one])).toBe("the maps of both classes are the same, so there is no difference to show");
    expect(messageOf(blankIn(explanations, "both"))).toBe("both maps are blank, so there is no difference to show");
    expect(messageOf(blankIn(explanations, "first"))).toBeUndefined();
  });
});

it("stands on the sheet as a row of its own, whose colors say which class they speak for", async () => {
  const {
    sheet: { rows },
  } = await sheetOf(explainer, explanations);
  expect(rows.map(({ heading }) => heading)).toEqual([
    expect.stringMatching(/^Why sand piper\?/),
    expect.stringMatching(/^Why dog\?/),
    "sand piper − dog:  each map divided by its own largest absolute value, then subtracted",
  ]);
  for (const { title, colors, ends, range } of rows[2]?.maps ?? []) {
    // on paper, if the maps themselves are
    expect(colors).toBe(title === "lrp" ? "polar" : "aurora");
    expect(ends).toEqual(["dog", "sand piper"]);
    expect(range.low).toBe(-range.high);
  }
});

it("gives the maps of both classes one scale, if that is asked for, and says so", async () => {
  const { sheet, maps } = await sheetOf(explainer, explanations, { scale: "shared" });
  expect(sheet.legend).toContain("The maps of a method share one scale for all classes.");
  const [first = [], second = []] = maps.map((row) => row.map(({ range }) => range));
  expect(first).toEqual(second);
  const own = (await sheetOf(explainer, explanations)).maps.map((row) => row.map(({ range }) => range));
  expect(own[0]).not.toEqual(own[1]);
  const { maps: set } = await sheetOf(explainer, explanations, { scale: 7 });
  expect(new Set(set.flat().map(({ range }) => range.high))).toEqual(new Set([7]));
});

it("is saved beside the maps", async () => {
  const folder = join(root, "out");
  const saved = await saveExplanations(explainer, explanations, { folder, formats: ["png", "npy", "json"] });
  const files = saved[0]?.contrast?.map((map) => map.files) ?? [];
  expect(saved[1]?.contrast).toBe(saved[0]?.contrast);
  expect(files[1]).toEqual(
    ["png", "npy", "picture.npy", "json"].map((extension) => join(folder, `noise.grad-cam.contrast.${extension}`)),
  );
  expect(files.flat().every((path) => existsSync(path))).toBe(true);
  const [, raw = "", placed = "", json = ""] = files[1] ?? [];
  expect(readNpy(raw).data).toEqual(contrastOf(explanations)?.maps[1]?.raw.values);
  expect(readNpy(placed).dims).toEqual([40, 48]);
  expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({
    target: { label: "sand_piper" },
    against: { label: "dog" },
  });
  const alone = await saveExplanations(explainer, explanations.slice(0, 1), { folder, formats: ["npy"] });
  expect(alone[0]?.contrast).toBeUndefined();
});
