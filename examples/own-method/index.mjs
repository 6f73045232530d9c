import { onnxRuntime, PictureExplainer, saveExplanations } from "@limn/node";
import { demoScene, maskOf } from "@limn/scenes";
import { demoPicture } from "../demo-picture.mjs";
import { finerCam } from "./finer-cam.mjs";

const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime(), {
  methods: ["grad-cam", finerCam],
  options: { "finer-cam": { gamma: 0.8 } },
  targets: ["cat", "dog"],
});
const explanations = await explainer.explain(await demoPicture());

const scene = await demoScene();
const rows = [];
for (const explanation of explanations) {
  const { label } = explanation.target;
  const mask = maskOf(
    scene,
    scene.objects.findIndex((object) => object.class === label),
  );
  for (const map of explanation.maps) {
    const { data } = await explainer.place(map, explanation);
    const share = data.reduce((sum, v, i) => sum + mask[i] * v, 0) / data.reduce((sum, v) => sum + v, 0);
    rows.push({ method: map.request.name, "map of": label, "on it": `${(100 * share).toFixed(0)} %` });
  }
}
console.table(rows);
const [{ sheet }] = await saveExplanations(explainer, explanations, { folder: "limn-out", formats: ["png"] });
console.log(sheet);
await explainer.release();
