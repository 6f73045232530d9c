import { onnxRuntime, PictureExplainer } from "@limn/node";
import { demoScene, maskOf } from "@limn/scenes";
import { demoPicture } from "../demo-picture.mjs";

const targets = ["cat", "dog"];
const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime(), { targets });
const explanations = await explainer.explain(await demoPicture());

const scene = await demoScene();
const masks = scene.objects.map((object, k) => ({ name: object.class, mask: maskOf(scene, k) }));
const rows = [];
for (const explanation of explanations) {
  for (const map of explanation.maps) {
    const { data } = await explainer.place(map, explanation);
    const mass = data.reduce((sum, v) => sum + Math.max(0, v), 0);
    const shares = masks.map(({ name, mask }) => {
      const inside = data.reduce((sum, v, i) => sum + mask[i] * Math.max(0, v), 0);
      return [`on the ${name}`, `${((100 * inside) / mass).toFixed(0)} %`];
    });
    rows.push({ method: map.request.name, "map of": explanation.target.label, ...Object.fromEntries(shares) });
  }
}
console.table(rows);
await explainer.release();
