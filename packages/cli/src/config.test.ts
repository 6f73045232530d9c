import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { limn, Workspace } from "./testing/command-line.js";

const work = new Workspace();
await work.picture("photos/cat.png");
await work.picture("photos/dog.png");
const before = process.cwd();
afterAll(() => work.remove());

let project = "";
beforeEach(() => {
  project = join(work.root, `project-${Math.random()}`);
  mkdirSync(join(project, "deep", "er"), { recursive: true });
  process.chdir(project);
});
afterEach(() => process.chdir(before));

const config = (settings: unknown, name = "limn.config.json") =>
  writeFileSync(join(project, name), typeof settings === "string" ? settings : JSON.stringify(settings));

const SETTINGS = { model: "../model.onnx", labels: "../labels.txt", preprocessing: "unit", methods: ["saliency"] };

async function explained(...args: string[]) {
  const { code, stdout, stderr } = await limn("explain", ...args, "--json", "--out", join(project, "out"));
  expect([code, stderr]).toEqual([0, ""]);
  const { results } = JSON.parse(stdout);
  return {
    label: results[0].target.label,
    images: results.length,
    methods: results[0].maps.map(({ method }: { method: string }) => method),
  };
}

const LABELS = /^(cat|dog|sand_piper|kite|kiwi)$/;

describe("a project's configuration", () => {
  it.each([
    ["one picture", ["../photos/cat.png"], 1],
    ["several", ["../photos/cat.png", "../photos/dog.png"], 2],
    ["a folder", ["../photos"], 2],
    ["a pattern", ["../photos/*.png"], 2],
    ["pictures after an option with a value", ["--batch", "1", "../photos/cat.png"], 1],
  ])("gives the model, labels, preprocessing and methods for %s", async (_, images, count) => {
    config(SETTINGS);
    expect(await explained(...images)).toEqual({
      label: expect.stringMatching(LABELS),
      images: count,
      methods: ["saliency"],
    });
  });

  it("is found in package.json, and from folders in the project", async () => {
    config({ name: "mine", limn: SETTINGS }, "package.json");
    process.chdir(join("deep", "er"));
    expect(await explained("../../../photos/cat.png")).toMatchObject({ label: expect.stringMatching(LABELS) });
  });

  it("gives way to the command line", async () => {
    config(SETTINGS);
    expect(await explained("../photos/cat.png", "--method", "guided-backprop")).toMatchObject({
      methods: ["guided-backprop"],
    });
    // labels and preprocessing are the configured model's
    const other = await explained("../model.onnx", "../photos/cat.png", "--preprocess", "unit");
    expect(other).toMatchObject({ label: undefined, methods: ["saliency"] });
  });

  it("can be another file, and gives labels to any model if it names none", async () => {
    config({ labels: "../labels.txt", preprocessing: "unit" }, "other.json");
    const line = ["../model.onnx", "../photos/cat.png", "--method", "saliency"];
    expect(await explained(...line, "--config", "other.json")).toMatchObject({ label: expect.stringMatching(LABELS) });
    expect(await explained(...line, "--config=other.json")).toMatchObject({ label: expect.stringMatching(LABELS) });
  });

  it("serves commands without pictures, and does not disturb help", async () => {
    config(SETTINGS);
    expect(await limn("layers")).toMatchObject({ code: 0, stdout: expect.stringContaining("stage1") });
    expect(await limn("layers", "../model.onnx")).toMatchObject({ code: 0 });
    config("{");
    expect(await limn("layers", "--help")).toMatchObject({ code: 0 });
    expect(await limn("--version")).toMatchObject({ code: 0 });
  });

  it.each([
    ["{", /^limn: limn\.config\.json: not JSON \(.*\); correct it\n$/],
    ["[]", /^limn: limn\.config\.json: this is not a configuration; give \{ "model"/],
    [{ modell: "a" }, /^limn: limn\.config\.json: there is no setting "modell"; did you mean "model"\?\n$/],
    [{ model: 1 }, /^limn: limn\.config\.json: "model": give a text\n$/],
    [{ methods: "lrp" }, /^limn: limn\.config\.json: "methods": give a list of names/],
    [{ model: "none.onnx" }, /^limn: none\.onnx: there is no such file; check the path\n$/],
  ])("that is %j is refused in one line", async (settings, message) => {
    config(settings);
    const { code, stdout, stderr } = await limn("layers");
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(message)]);
  });

  it("that is missing or a folder is refused in one line", async () => {
    for (const [name, reason] of [
      ["none.json", "there is no such file"],
      ["deep", "this is a folder"],
    ] as const) {
      const { code, stderr } = await limn("layers", "--config", name);
      expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^limn: ${name}: ${reason}.*\n$`))]);
    }
  });
});
