import { existsSync, readdirSync, readFileSync } from "node:fs";
import { compile, decodeModel, Explainer, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile, readNpy } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

describe("limn compile", () => {
  it("saves a file that gives the same maps anywhere", async () => {
    const out = work.path("explain.onnx");
    const { code, stdout, stderr } = await limn(
      ...["compile", work.model, "--method", "saliency,grad-cam", "--layer", "stage2,last", "--scores"],
      ...["--preprocess", "unit", "--labels", work.labels, "--out", out],
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      `${out}: takes image [1, 3, 32, 32] and target [1], gives\n  saliency [1, 32, 32]\n  grad-cam/stage2 [1, 4, 4]\n  grad-cam/last [1, 2, 2]\n  logits [1, 5]\n  probabilities [1, 5]\n  explained [1]\n`,
    );

    const runtime = onnxRuntime({ threads: 1 });
    const classifier = await loadClassifier(readModelFile(work.model), runtime);
    const requests = [
      { method: "saliency" },
      { method: "grad-cam", layer: "stage2" },
      { method: "grad-cam", layer: "last" },
    ];
    const explainer = await Explainer.create(compile(classifier, requests), runtime);
    const image = readNpy(work.tensor("input.npy"));
    const [expected] = await explainer.explain(image, [4]);
    await explainer.release();
    // from its bytes alone: it needs no other file
    const session = await InferenceSession.create(readFileSync(out), { intraOpNumThreads: 1 });
    const results = await session.run({
      image: new Tensor("float32", image.data as Float32Array, image.dims),
      target: new Tensor("int64", BigInt64Array.of(4n), [1]),
    });
    expect(Object.keys(results)).toEqual(
      expect.arrayContaining(["saliency", "grad-cam/stage2", "grad-cam/last", "logits", "probabilities"]),
    );
    expect(results.explained?.data).toEqual(BigInt64Array.of(4n));
    for (const { request, values } of expected?.maps ?? []) expect(results[request.output]?.data).toEqual(values);
    await session.release();

    const { metadata } = decodeModel(readFileSync(out), "explain.onnx");
    const fact = (name: string) => JSON.parse(metadata.get(`limn.${name}`) ?? "null");
    expect(metadata.get("limn.version")).toMatch(/^\d/);
    expect(fact("classes")).toBe(5);
    expect(fact("labels")).toHaveLength(5);
    expect(fact("preprocessing")).toMatchObject({ mean: [0] });
    expect(fact("maps")).toMatchObject([
      { method: "saliency" },
      { layer: { stage: "stage2" } },
      { layer: { stage: "stage3" } },
    ]);
  });

  it("does not record a guessed preprocessing", async () => {
    const out = work.path("guess.onnx");
    expect((await limn("compile", work.model, "--method", "saliency", "--out", out)).code).toBe(0);
    expect(decodeModel(readFileSync(out), "guess.onnx").metadata.get("limn.preprocessing")).toBe("null");
  });

  it("never writes over the model", async () => {
    const { code, stderr } = await limn("compile", work.model, "--out", work.model);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^limn: --out .*model\.onnx: this is the file of the model itself; give another name\n$/);
  });

  it.each([
    ["a folder, which it makes", "new/folder", "new/folder/model.explained.onnx"],
    ["a folder that is there", ".", "model.explained.onnx"],
    ["a file", "new/file.onnx", "new/file.onnx"],
  ])("writes to %s", async (_, out, file) => {
    const { code, stdout } = await limn("compile", work.model, "--method", "saliency", "--out", work.path(out));
    expect(code).toBe(0);
    expect(stdout).toContain(`${work.path(file)}: takes image`);
    expect(existsSync(work.path(file))).toBe(true);
  });

  it("refuses a folder that can't be made, and leaves nothing behind", async () => {
    const before = readdirSync(work.root);
    const out = work.path("labels.txt", "explain.onnx");
    const { code, stderr } = await limn("compile", work.model, "--method", "saliency", "--out", out);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/labels\.txt: it can't be written: .*file/)]);
    expect(readdirSync(work.root)).toEqual(before);
  });
});

describe("limn layers", () => {
  it("prints what --layer takes", async () => {
    const { code, stdout, stderr } = await limn("layers", work.model);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^index {2}stage +depth {2}operator +shape +node +tensor\n/);
    expect(stdout).toMatch(/stage3 +\d+ % {2}Relu +1x32x2x2 +layer3\.relu2 +layer3\.relu2_out\n/);
    expect(stdout).toMatch(/"last" \(stage3\)\.\n$/);
  });

  it("prints JSON whose every name is taken", async () => {
    const { stdout } = await limn("layers", work.model, "--json");
    const rows: { index: number; stage: string | null; node: string; tensor: string }[] = JSON.parse(stdout);
    const names = rows.flatMap(({ index, stage, node, tensor }) => [
      `${index}`,
      ...(stage ? [stage] : []),
      node,
      tensor,
    ]);
    const { code, stderr } = await limn(
      "compile",
      work.model,
      "--method",
      "grad-cam",
      "--layer",
      names.join(","),
      "--out",
      work.path("all.onnx"),
    );
    expect(code).toBe(0);
    // of all that can be said, only that some layers are no good choice
    expect(stderr).toMatch(/^(limn: warning: grad-cam: the values at .* have both signs.*\n)?$/);
  });
});
