import {
  compile,
  Explainer,
  imageInput,
  loadClassifier,
  MapPlacer,
  overlay,
  Preprocessor,
  preset,
  rangeOf,
  runtimeOver,
} from "@limn/core";
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

env.wasm.wasmPaths = { mjs, wasm };
const runtime = runtimeOver({ InferenceSession, Tensor }, () => ({ executionProviders: ["wasm"] }));
const [modelFile, pictureFile, answer, canvas] = ["model", "picture", "answer", "map"].map((id) =>
  document.getElementById(id),
);

for (const input of [modelFile, pictureFile]) input.addEventListener("change", () => explain().catch(tell));

const tell = (error) => {
  answer.value = error.message;
};

async function explain() {
  const [model] = modelFile.files;
  const [picture] = pictureFile.files;
  if (!model || !picture) return;
  answer.value = "Explaining ...";
  const bytes = new Uint8Array(await model.arrayBuffer());
  const weights = { files: new Map([[model.name, bytes]]) };
  const classifier = await loadClassifier({ location: model.name, bytes, weights }, runtime);

  const pixels = await pixelsOf(picture);
  const input = imageInput(classifier.image.name, classifier.image.dims);
  const preprocessor = await Preprocessor.create(runtime, preset("imagenet", input), input);
  const { tensor, geometry } = await preprocessor.run(pixels);

  const explainer = await Explainer.create(compile(classifier, [{ method: "grad-cam" }]), runtime);
  const [{ target, probabilities, maps }] = await explainer.explain(tensor);
  const [{ values, shape }] = maps;

  const placer = await MapPlacer.create(runtime);
  const placed = await placer.place({ height: shape[0], width: shape[1], data: values }, geometry.view, pixels);
  draw(pixels, overlay(pixels.rgb, placed.data, { colors: "ember", range: rangeOf(placed.data, { signed: false }) }));
  answer.value = `Class ${target}, ${(100 * probabilities[target]).toFixed(1)} %`;
  await Promise.all([explainer.release(), preprocessor.release(), placer.release()]);
}

async function pixelsOf(file) {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) rgb.set(rgba.subarray(4 * i, 4 * i + 3), 3 * i);
  return { width, height, rgb };
}

function draw({ width, height }, rgb) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...rgb.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  Object.assign(canvas, { width, height, hidden: false });
  canvas.getContext("2d").putImageData(image, 0, 0);
}
