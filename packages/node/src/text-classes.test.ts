import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "./npy.js";
import { labelsFor } from "./read-labels.js";
import { readTextClasses } from "./text-classes.js";

const folder = mkdtempSync(join(tmpdir(), "limn-texts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const byName = { cat: [1, 2], dog: [3, 4.5] };
const list = {
  names: ["cat", "dog"],
  embeddings: [
    [1, 2],
    [3, 4.5],
  ],
};

describe("embeddings of texts", () => {
  it.each([
    ["by name", byName],
    ["as a list", list],
  ])("are read from JSON: %s", (name, content) => {
    const path = file(`${name}.json`, content);
    const { classes, names, scoreFunction, warnings } = readTextClasses(path);
    expect(classes).toEqual({ name: path, embeddings: list.embeddings });
    expect({ names, scoreFunction, warnings }).toEqual({ names: list.names, scoreFunction: undefined, warnings: [] });
    expect(labelsFor({ classes: 2 }, path).labels).toEqual(list.names);
  });

  it("are read from .npy, a row for each class, without names", async () => {
    const path = join(folder, "texts.npy");
    await writeNpy(path, [2, 2], Float32Array.of(1, 2, 3, 4.5));
    const { classes, names } = readTextClasses(path);
    expect(classes.embeddings.map((row) => [...Array.from(row)])).toEqual(list.embeddings);
    expect(names).toBeUndefined();
  });

  it("come with a scale and bias, which win over those of the model's config.json", () => {
    const config = file("config.json", { model_type: "siglip", logit_scale: 3, logit_bias: -5 });
    const own = readTextClasses(file("own.json", { ...list, logit_scale: Math.log(10) }), config);
    expect(own.classes.scale).toBeCloseTo(10);
    expect(own.classes.bias).toBe(-5);
    expect(own.scoreFunction).toBe("sigmoid");
    const { classes } = readTextClasses(file("none.json", list), config);
    expect(classes.scale).toBeCloseTo(Math.exp(3));
  });

  it("have the scale with which training began if nothing else is known, which is said", () => {
    const config = file("clip.json", { model_type: "clip", logit_scale_init_value: 2.6592 });
    const { classes, scoreFunction, warnings } = readTextClasses(file("begun.json", list), config);
    expect(classes.scale).toBeCloseTo(14.28, 1);
    expect(scoreFunction).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /clip\.json: logit_scale_init_value is the scale with which training began.* into .*begun\.json$/,
      ),
    ]);
  });

  it("say where a scale belongs that a .npy file can't hold", async () => {
    const path = join(folder, "scaled.npy");
    await writeNpy(path, [2, 2], Float32Array.of(1, 2, 3, 4.5));
    const config = file("begun-clip.json", { logit_scale_init_value: 2.6592 });
    expect(readTextClasses(path, config).warnings).toEqual([
      expect.stringMatching(/write the trained "logit_scale" into a \.json file of the embeddings$/),
    ]);
  });

  it("come with a warning if the file says what is not read", () => {
    const path = file("scale.json", { ...list, scale: 100 });
    expect(readTextClasses(path).warnings).toEqual([
      `${path}: "scale" is not read; read are names, embeddings, logit_scale, logit_bias`,
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ["empty", "", /the file is empty; give the path of embeddings of texts/],
    ["no text", {}, /it has no embeddings; give one for each class/],
    ["not JSON", "{", /not JSON \(.*\); give \{ "cat"/],
    ["words", { cat: "x" }, /these are not embeddings by name; give/],
    ["one name", { names: ["cat"], embeddings: [[1], [2]] }, /it has 1 names for 2 embeddings; give one for each/],
  ])("are refused by the file's name: %s", (name, content, message) => {
    const path = file(`bad ${name}.json`, content);
    expect(() => readTextClasses(path)).toThrow(message);
    expect(() => readTextClasses(path)).toThrow(path);
  });

  it("of another shape are refused", async () => {
    const path = join(folder, "flat.npy");
    await writeNpy(path, [4], Float32Array.of(1, 2, 3, 4));
    expect(() => readTextClasses(path)).toThrow(/flat\.npy: its shape is \[4\]; save one row for each class/);
  });
});
