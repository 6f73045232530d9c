import { afterAll, describe, expect, it } from "vitest";
import { encodeModel } from "../../../core/src/onnx/encode.js";
import { NetworkWriter } from "../../../core/src/testing/networks.js";
import { limn, Workspace, withOperator, withTwoInputs } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");

describe("limn inspect", () => {
  it("says on one page what Limn sees", async () => {
    const { code, stdout, stderr } = await limn("inspect", work.model, "--labels", work.labels);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^model\.onnx\n\nfile +\S*model\.onnx\n +[\d.]+ kB, ONNX, IR version 10, operator set 21/);
    expect(stdout).toMatch(/\ninput +"input" \[1, 3, 32, 32\]: color pictures of 32x32 pixels/);
    expect(stdout).toMatch(/\noutput +"fc_out"/);
    expect(stdout).toMatch(/\nlabels +5, from \S*labels\.txt: cat, dog, sand_piper \.\.\.\n/);
    expect(stdout).toMatch(/\npreprocessing +imagenet, guessed, since most classifiers/);
    expect(stdout).toMatch(/\n +\* +stage3 +\d+ % +Relu +32x2x2 +layer3\.relu2_out\n/);
    expect(stdout).toMatch(/\nmethods +saliency, guided-backprop/);
    expect(stdout).toMatch(/\noperators +gradients and relevance pass all of them\n/);
    expect(stdout).not.toMatch(/not explained|warnings/);
    const tooLong = stdout.split("\n").filter((line) => line.length > 80 && !line.includes(work.root));
    expect(tooLong).toEqual([]);
  });

  it("shows the top classes of each photo under every preset, side by side", async () => {
    const { code, stdout } = await limn("inspect", work.model, cat, "--labels", work.labels, "--preprocess", "unit");
    expect(code).toBe(0);
    const page = stdout.slice(stdout.indexOf(`\n${cat}\n`) + 1).split("\n");
    expect(page[1]).toMatch(/^ +preset +top classes +bits$/);
    expect(page.slice(2, 7).map((line) => line.slice(0, 14).trim())).toEqual([
      "*  unit",
      "imagenet",
      "clip",
      "tf",
      "raw",
    ]);
    const names = "(cat|dog|sand_piper|kite|kiwi)";
    for (const line of page.slice(2, 7)) {
      expect(line).toMatch(new RegExp(`${names} \\d+\\.\\d %, ${names} \\d+\\.\\d %.* {2}\\d\\.\\d$`));
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("goes on after pictures that can't be read, and ends with 1", async () => {
    const broken = work.write("broken.png", "no picture");
    const { code, stdout } = await limn("inspect", work.model, broken, work.path("none.jpg"), cat);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\n\S*broken\.png: .+\n/);
    expect(stdout).toMatch(/\n\S*none\.jpg: there is no such file; check the path\n/);
    expect(stdout).toContain(`\n${cat}\n`);
  });

  it("prints one JSON document", async () => {
    const { code, stdout, stderr } = await limn("inspect", work.model, cat, work.path("none.jpg"), "--json");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^limn: \S*none\.jpg: there is no such file.*\n$/)]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      limn: expect.stringMatching(/^\d/),
      model: "model.onnx",
      output: { kind: "classes", classes: 5 },
      preprocessing: { source: "guess", preset: "imagenet" },
      refusals: [],
    });
    expect(document.photos).toHaveLength(2);
    expect(document.photos[0].views[0].top[0]).toMatchObject({
      index: expect.any(Number),
      probability: expect.any(Number),
    });
  });

  it("says why methods don't fit, and which operators are in the way", async () => {
    const { code, stdout } = await limn("inspect", work.write("det.onnx", withOperator("Det")));
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n +not .*\bsaliency\b/);
    expect(stdout).toMatch(/\noperators +Det \(1 node, "odd"\) stops gradients: /);
  });

  it.each([
    ["two inputs", withTwoInputs(), /not explained +the model has 2 inputs/],
    ["a damaged file", new Uint8Array([8, 9, 255, 255, 3]), /not explained +odd\.onnx: this is not an ONNX model/],
  ])("says what can be said of %s, and why not more", async (_, bytes, message) => {
    const { code, stdout, stderr } = await limn("inspect", work.write("odd.onnx", bytes), cat);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^odd\.onnx\n/);
    expect(stdout).toMatch(message);
    expect(stdout).not.toMatch(/\n {4}at |undefined|null/);
  });

  it("refuses a model that is not there, as other commands do", async () => {
    const { code, stdout, stderr } = await limn("inspect", work.path("nothing.onnx"));
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(/nothing\.onnx: there is no such file/)]);
  });

  it("says what the metadata of a file say", async () => {
    const net = new NetworkWriter("metadata", [1, 3, 16, 16]);
    const x = net.relu("relu", net.conv("conv", net.image, [3, 2]));
    const model = net.model(net.flatten("flatten", net.globalPool("pool", x)));
    const metadata = new Map([
      ["Image.NominalPixelRange", "NominalRange_0_255"],
      ["Image.BitmapPixelFormat", "Bgr8"],
      ["names", "{0: 'cat', 1: 'dog'}"],
    ]);
    const path = work.write("metadata.onnx", encodeModel({ ...model, metadata }));
    const { code, stdout } = await limn("inspect", path, cat);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nlabels +2, from "names" in the file's metadata: cat, dog\n/);
    expect(stdout).toMatch(/\npreprocessing +of its own, from the file's metadata: Image\.NominalPixelRange,/);
    expect(stdout).toMatch(/\* {2}own +/);
    // what was found for certain is not warned of
    const explained = await limn("explain", path, cat, "--method", "saliency", "--out", work.path("out"));
    expect([explained.code, explained.stderr]).toEqual([0, ""]);
    expect(explained.stdout).toMatch(/(cat|dog) \(\d/);
  });
});
