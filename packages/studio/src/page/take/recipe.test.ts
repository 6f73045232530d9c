import { describe, expect, it } from "vitest";
import { type Recipe, terminalLine, typescriptLines } from "./recipe.js";

const SIMPLE: Recipe = {
  model: "scenes-resnet",
  photos: ["scene.png"],
  targets: ["cat"],
  wishes: [{ method: "grad-cam" }],
};

const FULL: Recipe = {
  model: "my models/it's.onnx",
  photos: ["-cat.png"],
  targets: ["-cat", "fire engine"],
  wishes: [
    { method: "grad-cam", layer: "stage3", options: { relu: false } },
    { method: "layer-cam", layer: "stage3" },
    { method: "lrp" },
  ],
  labels: "labels.txt",
  preprocessing: {
    resize: 146,
    resample: "bilinear",
    centerCrop: [128, 128],
    rescale: 1,
    mean: [0.5],
    std: [1, 2, 3],
    channels: "bgr",
    layout: "nchw",
  },
  output: "scores",
  scoreFunction: "sigmoid",
  colors: "meadow",
  opacity: 0.5,
};

describe("the line for the terminal", () => {
  it("names the model, the photo, classes and methods", () => {
    expect(terminalLine(SIMPLE)).toBe("limn explain scenes-resnet scene.png --target cat --method grad-cam");
  });

  it("says all that was chosen, in words that a shell takes as they are", () => {
    expect(terminalLine(FULL)).toBe(
      "limn explain 'my models/it'\\''s.onnx' ./-cat.png --target=-cat --target 'fire engine' --method grad-cam,layer-cam,lrp " +
        "--layer stage3 --set grad-cam.relu=false --labels labels.txt --resize 146 --resample bilinear --crop 128,128 " +
        "--rescale 1 --mean 0.5 --std 1,2,3 --channels bgr --output scores --score-function sigmoid --colormap meadow --opacity 0.5",
    );
  });

  it("names all photos, and no class where each has its own", () => {
    expect(terminalLine({ ...SIMPLE, photos: ["a.png", "b c.png"], targets: [] })).toBe(
      "limn explain scenes-resnet a.png 'b c.png' --method grad-cam",
    );
  });

  it("names a preset", () => {
    expect(terminalLine({ ...SIMPLE, preprocessing: "tf" })).toContain(" --preprocess tf");
  });
});

describe("the lines of TypeScript", () => {
  it("are a program", () => {
    expect(
      typescriptLines([SIMPLE]),
    ).toBe(`import { onnxRuntime, PictureExplainer, saveExplanations } from "@limn/node";

const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime(), {
  methods: ["grad-cam"],
  targets: ["cat"],
});
const explanations = await explainer.explain("scene.png");
await saveExplanations(explainer, explanations, { folder: "limn-out", formats: ["png"] });
await explainer.release();
`);
  });

  it("explain by one model after the other", () => {
    const lines = typescriptLines([SIMPLE, { ...SIMPLE, model: "scenes-vit" }]);
    expect(lines.match(/^import /gm)).toHaveLength(1);
    expect(lines.match(/^ {2}const explainer = await PictureExplainer\.open\("scenes-(resnet|vit)"/gm)).toHaveLength(2);
    expect(lines.match(/^[{}]$/gm)).toHaveLength(4);
  });

  it("explain one photo after the other, each for its own class", () => {
    const lines = typescriptLines([{ ...SIMPLE, photos: ["a.png", "b.png"], targets: [] }]);
    expect(lines).toContain(
      'for (const photo of ["a.png", "b.png"]) {\n  const explanations = await explainer.explain(photo);',
    );
    expect(lines).not.toContain("targets");
  });

  it("say all that was chosen", () => {
    const lines = typescriptLines([FULL]);
    expect(lines).toContain('  options: { "grad-cam": { relu: false } },');
    expect(lines).toContain('  adjust: { resize: 146, resample: "bilinear", centerCrop: [128, 128], rescale: 1,');
    expect(lines).toContain('look: { colormap: "meadow", opacity: 0.5 } });');
    expect(typescriptLines([{ ...SIMPLE, preprocessing: "tf" }])).toContain('  preprocess: "tf",');
  });

  it("write names of files and classes as text", () => {
    const lines = typescriptLines([{ ...SIMPLE, photos: ['a"b\n.png'], targets: ['`back` \\ "tick"'] }]);
    expect(lines).toContain('explain("a\\"b\\n.png")');
    expect(lines).toContain('targets: ["`back` \\\\ \\"tick\\""]');
  });
});
