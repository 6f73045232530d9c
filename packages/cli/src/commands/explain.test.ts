import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { compile, defaultMethods, Explainer, loadClassifier } from "@limn/core";
import { onnxRuntime, readModelFile, readNpy } from "@limn/node";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "../../../core/src/testing/networks.js";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");
const tensor = work.tensor("input.npy");

describe("limn explain", () => {
  it("explains a photo with nothing but the model's help", async () => {
    const out = work.path("plain");
    const { code, stdout, stderr } = await limn("explain", work.model, cat, "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /cat\.png: class \d \(\d+\.\d %\), then class \d .*\n {2}why class \d: (.*) in \d+ ms\n {2}-> .*cat\.sheet\.png and \d+ files next to it\n$/,
    );
    const names = defaultMethods.map((name) => (name === "layer-cam" ? "layer-cam-stage2" : name));
    expect(stdout).toContain(`: ${names.join(", ").replace("-stage2", "/stage2")} in `);
    expect(stdout).toContain(` and ${names.length} files next to it`);
    expect(stderr).toMatch(/^limn: warning: preprocessing "imagenet" is assumed; see limn inspect\n$/);
    expect(readdirSync(out).sort()).toEqual([...names, "sheet"].map((name) => `cat.${name}.png`).sort());
    expect((await sharp(`${out}/cat.sheet.png`).metadata()).width).toBeGreaterThan(1000);
  });

  it("names the picture that does not fit, and goes on", async () => {
    const asked = [
      "explain",
      work.model,
      cat,
      "--method",
      "saliency",
      "--preprocess",
      "unit",
      "--out",
      work.path("unfit"),
    ];
    const { code, stderr } = await limn(...asked, "--resize", "none", "--crop", "none");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^limn: .*cat\.png: a picture of \d+x\d+ pixels becomes .* such as with --resize \d+,\d+/);
  });

  it("shows maps as it is told, and refuses looks that there are not, in one line", async () => {
    const out = work.path("look");
    const args = ["explain", work.model, cat, "--preprocess", "unit", "--method", "grad-cam", "--out", out];
    const look = ["--colormap", "meadow", "--opacity", "1", "--smooth", "0", "--scale", "full"];
    expect((await limn(...args, ...look, "--format", "overlay,webp")).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["cat.grad-cam.overlay.webp", "cat.grad-cam.webp", "cat.sheet.webp"]);
    for (const [wrong, message] of [
      [["--colormap", "jet"], 'there is no color map "jet"; choose one of ember, meadow, gray, polar, aurora'],
      [["--opacity", "2"], "opacity 2: give a number from 0, the photo alone, to 1"],
      [["--scale", "some"], "give own, full, shared, or a number above 0"],
      [["--format", "gif"], 'there is no format "gif"; give one or more of png, webp, svg, overlay, npy, json'],
    ] as const) {
      const { code, stderr } = await limn(...args, ...wrong);
      expect(code).not.toBe(0);
      expect(stderr).toContain(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
  });

  it("takes stages for a layer, which are every stage of the network, and then only methods that have them", async () => {
    const args = [
      "explain",
      work.model,
      cat,
      "--preprocess",
      "unit",
      "--layer",
      "stages",
      "--out",
      work.path("stages"),
    ];
    const { code, stdout } = await limn(...args, "--method", "grad-cam", "--json");
    const { results } = JSON.parse(stdout) as { results: { maps: { layer: { stage: string } }[] }[] };
    expect(code).toBe(0);
    expect(results[0]?.maps.map(({ layer }) => layer.stage)).toEqual(["stem", "stage1", "stage2", "stage3"]);
    const refused = await limn(...args, "--method", "saliency");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("saliency is not made at a layer")]);
  });

  it("prints one JSON document that says everything", async () => {
    const { code, stdout, stderr } = await limn(
      ...[
        "explain",
        work.model,
        cat,
        "--json",
        "--preprocess",
        "unit",
        "--labels",
        work.labels,
        "--out",
        work.path("json"),
      ],
      ...[
        "--method",
        "saliency,grad-cam",
        "--layer",
        "stage1,last",
        "--target",
        "Sand Piper",
        "--target",
        "0",
        "--format",
        "npy,png,json",
      ],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      limn: expect.stringMatching(/^\d+\.\d+\.\d+/),
      model: { file: "model.onnx", classes: 5, input: [1, 3, 32, 32], preprocessing: { mean: [0] } },
      milliseconds: { load: expect.any(Number), compile: expect.any(Number) },
      warnings: [],
      errors: [],
    });
    expect(document.results.map((r: { target: object }) => r.target)).toMatchObject([
      { index: 2, label: "sand_piper" },
      { index: 0, label: "cat" },
    ]);
    for (const result of document.results) {
      expect(result).toMatchObject({ image: cat, milliseconds: { run: expect.any(Number) }, warnings: [] });
      const probabilities: number[] = result.prediction.map(({ probability }: { probability: number }) => probability);
      expect(probabilities).toHaveLength(5);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      expect(
        result.maps.map(({ method, layer }: { method: string; layer: { stage: string } | null }) => [
          method,
          layer?.stage,
        ]),
      ).toEqual([
        ["saliency", undefined],
        ["grad-cam", "stage1"],
        ["grad-cam", "stage3"],
      ]);
      for (const map of result.maps) {
        expect(map.files).toHaveLength(4);
        expect(map.file).toBe(map.files[0]);
        const { dims, data } = readNpy(map.files.find((f: string) => f.endsWith(".npy")));
        const values = Array.from(data as Float32Array);
        expect(dims).toEqual(map.shape);
        expect([map.min, map.max]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(map.sum).toBeCloseTo(
          values.reduce((a, b) => a + b),
          3,
        );
        for (const file of map.files) expect(existsSync(file)).toBe(true);
      }
    }
  });

  it("uses a tensor as it is, and gives the library's own gradient back", async () => {
    const out = work.path("tensor");
    const { code, stderr } = await limn(
      ...["explain", work.model, tensor, "--method", "saliency", "--set", "saliency.reduce=none"],
      ...["--target", "3", "--format", "npy", "--out", out, "--threads", "1"],
    );
    // a tensor needs no preprocessing, so none is guessed
    expect([code, stderr]).toEqual([0, ""]);
    const runtime = onnxRuntime({ threads: 1 });
    const classifier = await loadClassifier(readModelFile(work.model), runtime);
    const explainer = await Explainer.create(
      compile(classifier, [{ method: "saliency", options: { reduce: "none" } }]),
      runtime,
      { runs: 1 },
    );
    const [explanation] = await explainer.explain(readNpy(tensor), [3]);
    await explainer.release();
    expect(readNpy(`${out}/input.saliency.npy`)).toEqual({
      dtype: "float32",
      dims: [3, 32, 32],
      data: explanation?.maps[0]?.values,
    });
    expect(readNpy(`${out}/input.saliency.picture.npy`).dims).toEqual([32, 32]);
  });

  it("keeps the files of pictures with one name apart, and explains each path once", async () => {
    const jpg = await work.picture("cat.jpg");
    const other = await work.picture("other/cat.png");
    const out = work.path("apart");
    const { code, stdout } = await limn(
      "explain",
      work.model,
      cat,
      jpg,
      other,
      cat,
      "--preprocess",
      "unit",
      "--method",
      "saliency",
      "--out",
      out,
      "--json",
    );
    expect(code).toBe(0);
    const files = JSON.parse(stdout).results.map(({ maps }: { maps: { file: string }[] }) => maps[0]?.file);
    expect(files).toHaveLength(3);
    expect(new Set(files).size).toBe(3);
    expect(readdirSync(out)).toHaveLength(6);
  });

  it("never writes over the pictures themselves", async () => {
    const before = readFileSync(cat);
    await limn("explain", work.model, cat, "--preprocess", "unit", "--out", dirname(cat));
    expect(readFileSync(cat).equals(before)).toBe(true);
  });

  it("makes the maps that it can of those that were named, and says why not the others", async () => {
    const model = work.write("vgg.onnx", networks.vgg());
    const out = work.path("fitting");
    const asked = ["explain", model, work.tensor("fits.npy", [1, 3, 16, 16]), "--out", out, "--json"];
    const { code, stdout, stderr } = await limn(...asked, "--method", "cam,lrp,saliency");
    const { results, failures } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(failures).toEqual([{ method: "cam", reason: expect.stringMatching(/grad-cam/) }]);
    expect(stderr).toContain(failures[0].reason);
    expect(results[0].maps.map(({ method }: { method: string }) => method)).toEqual(["lrp", "saliency"]);
    expect(readdirSync(out).sort()).toEqual(["fits.lrp.png", "fits.saliency.png", "fits.sheet.png"]);
  });

  it("explains the good ones among bad ones, and says which were bad", async () => {
    const bad = work.write("bad.png", "this is no picture");
    const out = work.path("some");
    const { code, stdout, stderr } = await limn(
      "explain",
      work.model,
      bad,
      cat,
      "--preprocess",
      "unit",
      "--method",
      "saliency",
      "--out",
      out,
      "--json",
    );
    expect(code).toBe(1);
    const { results, errors } = JSON.parse(stdout);
    expect(results.map(({ image }: { image: string }) => image)).toEqual([cat]);
    expect(errors).toEqual([{ image: bad, error: expect.stringContaining("bad.png: this is not a picture") }]);
    expect(stderr).toMatch(/^limn: .*bad\.png: this is not a picture.*\n$/);
    expect(readdirSync(out).sort()).toEqual(["cat.saliency.png", "cat.sheet.png"]);
  });

  it("takes a list of classes", async () => {
    const out = work.path("list");
    const { stdout } = await limn(
      "explain",
      work.model,
      tensor,
      "--target",
      "0,3",
      "--method",
      "saliency",
      "--json",
      "--out",
      out,
    );
    expect(JSON.parse(stdout).results.map(({ target }: { target: { index: number } }) => target.index)).toEqual([0, 3]);
    expect(readdirSync(out).sort()).toEqual([
      "input.class-0.saliency.png",
      "input.class-3.saliency.png",
      "input.saliency.contrast.png",
      "input.sheet.png",
    ]);
  });

  it("contrasts two classes, named with a comma between", async () => {
    const out = work.path("contrast");
    const args = [
      "explain",
      work.model,
      tensor,
      "--labels",
      work.labels,
      "--method",
      "saliency,grad-cam",
      "--out",
      out,
    ];
    const { code, stdout } = await limn(...args, "--target", "sand piper,kite", "--format", "png,npy", "--json");
    expect(code).toBe(0);
    const { results, contrasts } = JSON.parse(stdout);
    expect(results.map(({ target }: { target: { label: string } }) => target.label)).toEqual(["sand_piper", "kite"]);
    expect(contrasts).toMatchObject([
      {
        image: tensor,
        first: { index: 2, label: "sand_piper" },
        second: { index: 3, label: "kite" },
        maps: [{ method: "saliency" }, { method: "grad-cam" }],
      },
    ]);
    for (const { method, file, files, min, max } of contrasts[0].maps) {
      expect(file).toBe(`${out}/input.${method}.contrast.png`);
      expect(files.every((path: string) => existsSync(path))).toBe(true);
      expect(min).toBeGreaterThanOrEqual(-2);
      expect(max).toBeLessThanOrEqual(2);
    }
    const plain = await limn(...args, "--target", "sand piper,kite");
    expect(plain.stdout).toContain("sand_piper − kite: the difference of each pair of maps\n");
    expect(plain.stdout).toContain(" and 6 files next to it");
    const three = await limn(...args, "--target", "sand piper,kite,cat", "--json");
    expect(JSON.parse(three.stdout).contrasts).toEqual([]);
  });

  it("takes the preprocessing from options", async () => {
    const values = ["--rescale", "1/255", "--mean", "0.5", "--std", "0.5,0.5,0.25", "--channels", "bgr"];
    const sizes = ["--resize", "40", "--crop", "32", "--resample", "bicubic"];
    const out = ["--method", "saliency", "--out", work.path("options"), "--json"];
    const { code, stdout, stderr } = await limn("explain", work.model, cat, ...values, ...sizes, ...out);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout).model.preprocessing).toEqual({
      resize: 40,
      resample: "bicubic",
      centerCrop: [32, 32],
      rescale: 1 / 255,
      mean: [0.5],
      std: [0.5, 0.5, 0.25],
      channels: "bgr",
      layout: "nchw",
    });
  });

  it.each([
    [["--mean", "a,b"], /^limn: .*--mean.*give numbers separated by commas/],
    [["--rescale", "0"], /^limn: .*--rescale.*give a positive number/],
    [["--std", "0"], /^limn: preprocessing options: "std" is \[0\]/],
    [
      ["--resample", "cubic"],
      /^limn: .*'cubic' is invalid: give one of nearest, bilinear, bicubic; see limn explain --help/,
    ],
    [["--crop", "8"], /^limn: preprocessing options: "centerCrop" is \[8,8\]/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await limn("explain", work.model, cat, "--preprocess", "unit", ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("tells the figures that a method gives beside its map", async () => {
    const { code, stdout } = await limn(
      ...["explain", work.model, tensor, "--method", "integrated-gradients,saliency", "--json"],
      ...["--set", "integrated-gradients.samples=4", "--set", "integrated-gradients.baseline=zero"],
      ...["--out", work.path("figures")],
    );
    expect(code).toBe(0);
    const [{ maps, warnings }] = JSON.parse(stdout).results;
    const [attributions, saliency] = maps[0].method === "saliency" ? maps.toReversed() : maps;
    expect(saliency.figures).toEqual([]);
    expect(attributions.figures).toEqual([
      {
        name: "completeness error",
        value: expect.any(Number),
        advice: warnings.length > 0 ? expect.stringContaining("take more samples") : null,
      },
    ]);
  });

  describe("with methods of many runs", () => {
    const rise = (out: string, ...args: string[]) =>
      limn(
        ...["explain", work.model, tensor, "--method", "rise", "--set", "rise.masks=10", "--format", "npy"],
        ...["--out", work.path(out), ...args],
      );

    it("gives the same map for batches of any size", async () => {
      const mapOf = async (batch: string) => {
        const out = `batch-${batch}`;
        expect(await rise(out, "--batch", batch)).toMatchObject({ code: 0, stderr: "" });
        return readNpy(work.path(out, "input.rise.npy")).data as Float32Array;
      };
      const [single, several] = [await mapOf("1"), await mapOf("4")];
      expect(several).toHaveLength(32 * 32);
      several.forEach((v, i) => {
        expect(v).toBeCloseTo(single[i] as number, 5);
      });
    });

    it("tells whoever waits at a terminal how far they are", async () => {
      const { isTTY } = process.stderr;
      process.stderr.isTTY = true;
      try {
        const { stderr } = await rise("progress", "--batch", "4");
        expect(stderr).toMatch(/input\.npy: rise {2}(\[=+ *\] {2})?\d+ % {2}\d+ of \d+ steps/);
      } finally {
        process.stderr.isTTY = isTTY;
      }
    });
  });

  it("says why a map is blank", async () => {
    const black = work.write(
      "black.png",
      await sharp({ create: { width: 32, height: 32, channels: 3, background: "#000" } })
        .png()
        .toBuffer(),
    );
    const { code, stdout } = await limn(
      "explain",
      work.model,
      black,
      "--preprocess",
      "unit",
      "--method",
      "input-x-gradient",
      "--out",
      work.path("blank"),
    );
    expect(code).toBe(0);
    expect(stdout).toContain("input-x-gradient is blank: the preprocessed image is zero everywhere");
  });
});
