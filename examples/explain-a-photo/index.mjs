import { onnxRuntime, PictureExplainer, saveExplanations } from "@limn/node";
import { demoPicture } from "../demo-picture.mjs";

const [model = "scenes-resnet", picture = await demoPicture()] = process.argv.slice(2);

const explainer = await PictureExplainer.open(model, onnxRuntime(), { methods: ["grad-cam"] });
const explanations = await explainer.explain(picture);
for (const { target } of explanations) {
  console.log(`why ${target.label ?? target.index} (${(100 * target.probability).toFixed(1)} %)`);
}
const saved = await saveExplanations(explainer, explanations, { folder: "limn-out", formats: ["png"] });
console.log(saved.map(({ sheet }) => sheet).join("\n"));
await explainer.release();
