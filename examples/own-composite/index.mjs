import { compile, defineComposite, Explainer, planOf, planRows } from "@limn/core";
import { findModel, loadModel, onnxRuntime } from "@limn/node";

const composite = {
  name: "bold",
  entries: [
    { match: { first: true }, rule: "w-square" },
    { match: { kind: "convolution" }, rule: "gamma", options: { gamma: 0.5 } },
    { rule: "epsilon" },
  ],
};

const runtime = onnxRuntime();
const classifier = await loadModel(await findModel("scenes-resnet"), runtime);
for (const { node, rule, reason } of planRows(planOf(classifier, defineComposite(composite)))) {
  console.log(`${node}: ${rule} (${reason})`);
}

const compiled = compile(classifier, [{ method: "lrp", options: { composite } }]);
const explainer = await Explainer.create(compiled, runtime);
const dims = classifier.image.dims;
const gray = new Float32Array(dims.reduce((a, b) => a * b)).fill(0.1);
const [{ maps, logits, target }] = await explainer.explain({ dtype: "float32", dims, data: gray });
const total = maps[0].values.reduce((a, b) => a + b, 0);
console.log(`logit ${logits[target].toFixed(4)}, relevance of all pixels ${total.toFixed(4)}; the rest is the biases'`);
await explainer.release();
