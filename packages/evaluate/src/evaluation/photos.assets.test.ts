import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import { expect, it } from "vitest";
import { type AnnotatedPhoto, type AnnotatedPhotos, cocoDocument } from "../testing/coco-photos.js";
import { DataFolder } from "../testing/data-folder.js";
import { evaluationDocument } from "./document.js";
import { runEvaluation } from "./run.js";
import { tableOf } from "./table.js";

const assets = process.env.LIMN_ASSETS;
const folder = new DataFolder();

const documentOf = async (images: readonly AnnotatedPhoto[], mapping: AnnotatedPhotos["coco_to_imagenet"]) => {
  const run = await runEvaluation(
    {
      model: join(assets ?? "", "models/squeezenet1.1.onnx"),
      classifier: { preprocess: "imagenet", labels: join(assets ?? "", "labels/imagenet1000.json") },
      data: {
        data: folder.write("coco.json", JSON.stringify(cocoDocument(images))),
        pictures: join(assets ?? "", "photos/coco"),
      },
      mapping: folder.write("mapping.json", JSON.stringify(mapping)),
      methods: ["grad-cam"],
      target: "label",
      masking: {},
      curves: { steps: 1, deletionBlank: "zero", insertionBlank: "blur" },
      shattering: false,
      sanity: undefined,
      workers: 0,
      folder: join(folder.path, `out-${images[0]?.boxes.length}`),
    },
    onnxRuntime({ threads: 1 }),
  );
  return evaluationDocument(run, await tableOf(run.log));
};

it.skipIf(!assets)(
  "the protocols of Chefer et al. run on photos with polygons, and say what boxes lack",
  async () => {
    const annotations = readFileSync(join(assets ?? "", "photos/coco/annotations.json"), "utf8");
    const { images, coco_to_imagenet } = JSON.parse(annotations) as AnnotatedPhotos;
    const shown = images
      .filter(({ targets: [target], polygons }) => polygons.some(({ category }) => category === target?.category))
      .slice(0, 2);
    const outlined = await documentOf(
      shown.map((image) => ({ ...image, boxes: [] })),
      coco_to_imagenet,
    );
    const [own, random] = [outlined.methods["grad-cam"], outlined.methods.random];
    expect(outlined.reasons).toEqual({});
    for (const name of ["pixelAccuracy", "meanIou", "averagePrecision", "positivePerturbation", "saco"] as const) {
      expect([name, own?.[name]?.n]).toEqual([name, shown.length]);
    }
    // noise is above its mean at half of the pixels, wherever the object is
    expect(random?.pixelAccuracy?.mean).toBeCloseTo(0.5, 2);
    expect(random?.averagePrecision?.mean).toBeCloseTo(0.5, 2);
    expect(own?.averagePrecision?.mean).toBeGreaterThan(0.6);
    const boxed = await documentOf(
      shown.map((image) => ({ ...image, polygons: [] })),
      coco_to_imagenet,
    );
    expect(boxed.reasons.meanIou).toBe("the data has boxes and no masks of objects");
    expect(boxed.methods["grad-cam"]?.iou?.n).toBe(shown.length);
  },
  60_000,
);
