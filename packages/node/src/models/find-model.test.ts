import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type EmbeddedModels, findModel } from "./find-model.js";

const root = mkdtempSync(join(tmpdir(), "limn-find-"));
afterAll(() => rmSync(root, { recursive: true }));

const file = (name: string, content = "content"): string => {
  const path = join(root, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const LABELS = JSON.stringify({ id2label: { 0: "cat", 1: "dog" } });
const embedded: EmbeddedModels = {
  "scenes-resnet": { path: "/r/model.onnx", labels: "/r/config.json", preprocessing: "/r/preprocessor_config.json" },
};
const find = (model: string, revision?: string) =>
  findModel(model, revision === undefined ? {} : { revision }, embedded);

describe("findModel", () => {
  it("takes a file with what lies beside it", async () => {
    const path = file("plain/net.onnx");
    expect(await find(path)).toEqual({ path, name: "net.onnx", warnings: [] });
    const labels = file("plain/config.json", LABELS);
    const preprocessing = file("plain/preprocessor_config.json", "{}");
    expect(await find(path)).toEqual({ path, name: "net.onnx", config: labels, labels, preprocessing, warnings: [] });
  });

  it("takes timm's config.json for the preprocessing, unless there is a file for just that", async () => {
    const path = file("timm/net.onnx");
    const config = file("timm/config.json", JSON.stringify({ pretrained_cfg: { mean: [0.5], std: [0.5] } }));
    expect(await find(path)).toEqual({ path, name: "net.onnx", config, preprocessing: config, warnings: [] });
    const preprocessing = file("timm/preprocessor_config.json", "{}");
    expect(await find(path)).toMatchObject({ preprocessing });
  });

  it("takes a folder, as exporters and the hub lay it out", async () => {
    const path = file("export/onnx/model.onnx");
    file("export/onnx/model_fp16.onnx");
    const labels = file("export/config.json", LABELS);
    const found = { path, name: "model.onnx", config: labels, labels, warnings: [] };
    expect(await find(join(root, "export"))).toEqual(found);
  });

  it.each([
    ["no id2label", '{"model_type": "resnet"}'],
    ["labels that name nothing", '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}'],
    ["no JSON", "{"],
  ])("leaves out a config.json with %s", async (what, config) => {
    const path = file(`${what}/model.onnx`);
    file(`${what}/config.json`, config);
    expect((await find(path)).labels).toBeUndefined();
  });

  it("takes an embedded model's name", async () => {
    expect(await find("scenes-resnet")).toEqual({ ...embedded["scenes-resnet"], name: "scenes-resnet", warnings: [] });
  });

  it.each(["./scenes-resnet", "absent.onnx", "owner/absent.onnx", "C:\\models\\net", "~/net"])(
    "takes %s for a path, which the reader of files may miss",
    async (path) => {
      expect((await find(path)).path).toContain(path.replace("~", ""));
    },
  );

  it("says that a folder has no .onnx file", async () => {
    // one of the repository's, since a path with separators is left to the reader of files
    await expect(find("packages")).rejects.toThrow("packages: there is no .onnx file in this folder, and no embedded");
  });

  it("names what a model may be, and near matches", async () => {
    await expect(find("scene-resnet")).rejects.toThrow(
      'scene-resnet: there is no such file, and no embedded model with this name; did you mean "scenes-resnet"? or give an .onnx file, an https:// address, or the id owner/name of a model on the Hugging Face hub',
    );
  });

  it.each(["scenes-resnet", "absent.onnx", "https://example.org/model.onnx"])(
    "refuses a revision of %s",
    async (model) => {
      await expect(find(model, "v1")).rejects.toThrow(
        expect.objectContaining({ code: "bad-option", message: expect.stringContaining('revision "v1"') }),
      );
    },
  );
});
