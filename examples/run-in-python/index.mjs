import { join } from "node:path";
import { compile, Explainer, encodeForSaving } from "@limn/core";
import { findModel, loadModel, makeFolder, onnxRuntime, weightReader, writeFileAtomically, writeNpy } from "@limn/node";

const runtime = onnxRuntime();
const classifier = await loadModel(await findModel("scenes-resnet"), runtime);
const requests = [{ method: "grad-cam", layer: "stage2" }, { method: "lrp" }];

// without the scores, the file gives the maps and the class that they explain
const compiled = compile(classifier, requests, { scores: false });
const bytes = encodeForSaving(compiled, weightReader(classifier.weights.folder));
await makeFolder("limn-out");
await writeFileAtomically(join("limn-out", "explain.onnx"), bytes);

// what Python is to find again
const dims = classifier.image.dims;
const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i / 97));
const explainer = await Explainer.create(compile(classifier, requests), runtime);
const [{ maps }] = await explainer.explain({ dtype: "float32", dims, data }, [5]);
await writeNpy(join("limn-out", "image.npy"), dims, data);
for (const { request, values, shape } of maps) {
  await writeNpy(join("limn-out", `${request.method}.npy`), shape, values);
}
await explainer.release();
console.log("limn-out/explain.onnx");
