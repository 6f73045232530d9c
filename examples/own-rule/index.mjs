import { judgeLedger, ledgerOf } from "@limn/core";
import { onnxRuntime, PictureExplainer } from "@limn/node";
import { demoPicture } from "../demo-picture.mjs";
import { magnitude } from "./magnitude.mjs";

const composite = {
  name: "by magnitude",
  entries: [{ match: { kind: "convolution" }, rule: magnitude }, { rule: "epsilon" }],
};

const runtime = onnxRuntime();
const explainer = await PictureExplainer.open("scenes-resnet", runtime, {
  methods: ["lrp"],
  options: { lrp: { composite } },
  targets: ["cat"],
});
const picture = await demoPicture();
const [{ target, maps }] = await explainer.explain(picture);
const [{ raw }] = maps;
const total = raw.values.reduce((sum, v) => sum + v, 0);
console.log(`why ${target.label}: [${raw.shape.join(", ")}], relevance of all pixels ${total.toFixed(4)}`);

// it says that it conserves: does it, on this model?
const { tensor } = await explainer.read(picture);
const ledger = await ledgerOf(explainer.classifier, runtime, tensor, { composite, target: target.index });
const { ok, problems, notes } = judgeLedger(ledger);
const nodes = ledger.entries.filter(({ rule }) => rule === magnitude.name).length;
console.log(`${nodes} nodes by ${magnitude.name}: ${ok ? "their books balance" : problems.join("\n")}`);
for (const note of notes) console.log(note);
await explainer.release();
