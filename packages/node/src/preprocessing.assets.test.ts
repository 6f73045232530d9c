import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageInput, type Preprocessing, Preprocessor } from "@limn/core";
import { describe, expect, it } from "vitest";
import { readPicture } from "./pictures.js";
import { onnxRuntime } from "./runtime.js";

const assets = process.env.LIMN_ASSETS;
const runtime = onnxRuntime({ threads: 1 });

interface ModelEntry {
  readonly name: string;
  readonly file: string;
  readonly ref_photo: string;
  /** `mean` and `std` are on 0 to 255. */
  readonly preprocess: { size: number; resize: number | null; gray?: boolean; mean: number[]; std: number[] };
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(assets ?? "", path), "utf8")) as T;

const modelEntry = (name: string): ModelEntry => {
  const entry = read<ModelEntry[]>("models.json").find((m) => m.name === name);
  if (!entry) throw new Error(`no model "${name}" in models.json`);
  return entry;
};

async function preprocessorOf({ name, preprocess }: ModelEntry): Promise<Preprocessor> {
  const { input_shape } = read<{ input_shape: number[] }>(`refs/${name}.json`);
  const { size, resize, gray, mean, std } = preprocess;
  const whole = [size, size] as const;
  const preprocessing: Preprocessing = {
    resize: resize ?? whole,
    resample: "bicubic",
    centerCrop: resize ? whole : "none",
    rescale: 1,
    mean,
    std,
    channels: gray ? "gray" : "rgb",
    layout: "nchw",
  };
  return Preprocessor.create(runtime, preprocessing, imageInput("input", input_shape));
}

describe.skipIf(!assets)(`real photos${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  it.each(["resnet20_cifar10", "vit_mnist", "mnist_cntk"])("gives the reference tensor of %s", async (name) => {
    const entry = modelEntry(name);
    const preprocessor = await preprocessorOf(entry);
    const { tensor } = await preprocessor.run(await readPicture(join(assets ?? "", entry.ref_photo)));
    await preprocessor.release();
    const reference = new Float32Array(
      new Uint8Array(readFileSync(join(assets ?? "", `refs/${name}.input.f32`))).buffer,
    );
    const differences = reference.map((r, i) => Math.abs(r - ((tensor.data as Float32Array)[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-6);
  });

  // The expected values were made with libvips' resizing, which shifts enlarged pictures by half a pixel. Pillow and
  // torchvision agree with them on the same 39 photos, and with what is computed here on all 42.
  it("leads SqueezeNet to the expected classes", async () => {
    const entry = modelEntry("squeezenet1.1");
    const preprocessor = await preprocessorOf(entry);
    const session = await runtime.createSession(readFileSync(join(assets ?? "", entry.file)));
    const [input, output] = [session.inputs[0]?.name ?? "", session.outputs[0]?.name ?? ""];
    const { expected } = read<{ expected: Record<string, Record<string, [number, number][]>> }>("expected.json");
    const photos = Object.entries(expected[entry.name] ?? {}).filter(([photo]) => !photo.includes("coco"));
    const differences: number[] = [];
    let same = 0;
    for (const [photo, topFive] of photos) {
      const { tensor } = await preprocessor.run(await readPicture(join(assets ?? "", photo)));
      const logits = (await session.run({ [input]: tensor }, [output]))[output]?.data as Float32Array;
      if (logits.indexOf(Math.max(...logits)) === topFive[0]?.[0]) same++;
      for (const [index, value] of topFive) differences.push(Math.abs((logits[index] ?? Number.NaN) - value));
    }
    await Promise.all([session.release(), preprocessor.release()]);
    expect(photos.length).toBe(42);
    expect(same).toBeGreaterThanOrEqual(39);
    // measured: 0.12, of logits around 25
    expect(differences.sort((a, b) => a - b)[differences.length >> 1]).toBeLessThan(0.2);
  });
});
