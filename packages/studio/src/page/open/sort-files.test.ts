import { expect, it } from "vitest";
import { notePath } from "./path-of.js";
import { sortFiles } from "./sort-files.js";

const names = (...files: string[]) => {
  const { model, photos, corrections } = sortFiles(files.map((name) => new File([], name)));
  const of = (some: readonly File[]) => some.map(({ name }) => name);
  return { model: of(model), photos: of(photos), corrections: of(corrections) };
};

it("a model takes what lies next to it", () => {
  expect(names("config.json", "model.onnx", "model.onnx.data", "labels.txt", "cat.JPG")).toEqual({
    model: ["model.onnx", "config.json", "model.onnx.data", "labels.txt"],
    photos: ["cat.JPG"],
    corrections: [],
  });
});

it("without a model, texts are about the one that is open", () => {
  expect(names("labels.txt", "preprocessor_config.json", "a.png")).toEqual({
    model: [],
    photos: ["a.png"],
    corrections: ["labels.txt", "preprocessor_config.json"],
  });
});

it("what nobody knows is tried as a model, which says why it is none", () => {
  expect(names("weights.pth").model).toEqual(["weights.pth"]);
});

it("a folder of results is told by its log; what does not lie next to that is as ever", () => {
  const paths = ["out/results.jsonl", "out/confusion.json", "photos/a.png", "model.onnx"];
  const { results, model, photos } = sortFiles(
    paths.map((path) => notePath(new File([], path.split("/").at(-1) as string), path)),
  );
  expect(results.map(({ name }) => name)).toEqual(["results.jsonl", "confusion.json"]);
  expect([model.length, photos.length]).toEqual([1, 1]);
});

it("what lies in a folder of photos is not about the model", () => {
  const inFolder = ["scenes/README.md", "scenes/annotations.json", "scenes/images/a.png"].map((path) =>
    notePath(new File([], path.split("/").at(-1) as string), path),
  );
  const { model, photos, corrections } = sortFiles([...inFolder, new File([], "labels.txt")]);
  expect([model, photos.length, corrections.map(({ name }) => name)]).toEqual([[], 1, ["labels.txt"]]);
});
