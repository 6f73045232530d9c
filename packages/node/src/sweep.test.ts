import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layersOf, localizationOf, maskOfBoxes } from "@limn/core";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "../../core/src/testing/networks.js";
import { PictureExplainer, type PictureExplanation } from "./picture-explainer.js";
import { onnxRuntime } from "./runtime.js";
import { sweepSheetOf } from "./sheet/sweep-sheet-of.js";
import { objectMask } from "./sought-object.js";
import { sweepOf } from "./sweep.js";
import { noisePicture } from "./testing/noise-picture.js";

const root = mkdtempSync(join(tmpdir(), "limn-sweep-"));
const model = join(root, "model.onnx");
writeFileSync(model, networks.residual());
const wide = { width: 60, height: 40, channels: 3, background: "#808080" } as const;
const picture = await noisePicture(join(root, "noise.png"), 60, 40);

const explainer = await PictureExplainer.open(model, onnxRuntime({ threads: 1 }), {
  preprocess: "imagenet",
  adjust: { resize: 32, centerCrop: [32, 32] },
  layers: ["stages"],
  targets: ["1", "2"],
  methods: ["lrp", "grad-cam"],
});
const explanations = await explainer.explain(picture);
const [first] = explanations as [PictureExplanation];
afterAll(async () => {
  await explainer.release();
  rmSync(root, { recursive: true });
});

describe("sweepOf", () => {
  it("has a block per class, a row per method and a cell per stage", async () => {
    const { stages, blocks } = await sweepOf(explainer, explanations);
    const layers = layersOf(explainer.classifier).filter(({ stage }) => stage);
    expect(stages).toEqual(
      layers.map(({ stage: name, tensor, depth, shape }) => ({
        name,
        tensor,
        depth,
        height: shape[2],
        width: shape[3],
      })),
    );
    expect(blocks.map(({ explanation }) => explanation.target.index)).toEqual([1, 2]);
    for (const { rows, explanation } of blocks) {
      expect(rows.map(({ name }) => name)).toEqual(["lrp", "grad-cam"]);
      for (const { name, cells } of rows) {
        cells.forEach((cell, i) => {
          expect(explanation.maps).toContain(cell?.map);
          expect(cell?.map.request).toMatchObject({ name, layer: { stage: stages[i]?.name } });
          expect(cell?.map.raw.shape).toEqual([stages[i]?.height, stages[i]?.width]);
          expect(cell?.localization).toBeUndefined();
        });
      }
    }
  });

  it("measures on the picture's pixels how well maps find an object, by what speaks for the class", async () => {
    const object = await objectMask({ boxes: [{ x: 20, y: 8, width: 18, height: 20 }] }, first);
    const { blocks } = await sweepOf(explainer, explanations, object);
    const cells = blocks.flatMap(({ explanation, rows }) =>
      rows.flatMap((row) => row.cells.map((cell) => ({ explanation, cell }))),
    );
    for (const { explanation, cell } of cells) {
      if (!cell || cell.map.diagnosis) continue;
      const { data } = await explainer.place(cell.map, explanation);
      const positive = cell.map.request.signed ? data.map((v) => Math.max(v, 0)) : data;
      expect(cell.localization).toEqual(localizationOf(positive, object));
    }
  });
});

describe("objectMask", () => {
  it("reads a mask of the picture's size", async () => {
    const path = join(root, "mask.png");
    const white = await sharp({ create: { width: 10, height: 6, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    await sharp({ create: { ...wide, background: "#000" } })
      .composite([{ input: white, left: 25, top: 15 }])
      .png()
      .toFile(path);
    expect(await objectMask({ mask: path }, first)).toEqual(
      maskOfBoxes([{ x: 25, y: 15, width: 10, height: 6 }], 60, 40),
    );
  });

  it("refuses a mask of another size, and one without an object", async () => {
    const [small, black] = [join(root, "small.png"), join(root, "black.png")];
    await sharp({ create: { ...wide, width: 30 } })
      .png()
      .toFile(small);
    await sharp({ create: { ...wide, background: "#000" } })
      .png()
      .toFile(black);
    await expect(objectMask({ mask: small }, first)).rejects.toMatchObject({
      code: "bad-input",
      message: `${small}: the mask has 30x40 pixels, but its picture has 60x40; give a mask of the picture's size`,
    });
    await expect(objectMask({ mask: black }, first)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/black\.png: no white pixel lies in the part of .*noise\.png that the model sees/),
    });
  });

  it("refuses boxes that the model does not see", async () => {
    // the picture's left edge is cropped
    const boxes = [{ x: 0, y: 0, width: 3, height: 40 }];
    await expect(objectMask({ boxes }, first)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(
        /^boxes 0,0,3,40: none of them lies in .* x \d+ to \d+ and y \d+ to \d+ of its 60x40/,
      ),
    });
  });
});

it("draws a column per stage, and figures where an object is sought", async () => {
  const object = await objectMask({ boxes: [{ x: 20, y: 8, width: 18, height: 20 }] }, first);
  const sheet = await sweepSheetOf(explainer, await sweepOf(explainer, explanations, object), object);
  expect(sheet.columns.map(({ name }) => name)).toEqual(["stem", "stage1", "stage2", "stage3"]);
  expect(sheet.columns[2]?.detail).toMatch(/^\d+ % deep {2}· {2}\d+ × \d+$/);
  expect(sheet.blocks.map(({ heading }) => heading)).toEqual([
    expect.stringMatching(/^Why class 1\? {2}probability (< )?\d+\.\d %/),
    expect.stringMatching(/^Why class 2\?/),
  ]);
  const tiles = sheet.blocks.flatMap(({ rows }) => rows).flatMap((row) => row.tiles);
  for (const tile of tiles) {
    if (tile?.note === undefined)
      expect(tile?.figures).toMatch(/^Loc \d\.\d\d {2}· {2}IoU \d\.\d\d {2}· {2}(hit|miss)$/);
  }
  expect(sheet.legend).toMatch(/above 0\.25 .* above 0\.5/);
  const plain = await sweepSheetOf(explainer, await sweepOf(explainer, explanations));
  expect(plain.blocks[0]?.rows[0]?.tiles[0]?.figures).toBeUndefined();
});
