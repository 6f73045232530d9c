// Makes the scenes that the studio offers: packages/studio/pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { demoScene, evaluationScenes, scenePng } from "../packages/scenes/dist/index.js";

const folder = new URL("../packages/studio/pictures/", import.meta.url);

/** Which scene of each group of the evaluation set is offered, and its name. */
const CHOSEN = {
  "one object": [4, "one-object"],
  "several instances": [2, "several-instances"],
  "two classes": [9, "two-classes"],
  "small objects": [6, "small-objects"],
};

mkdirSync(folder, { recursive: true });
writeFileSync(new URL("cat-and-dog.png", folder), await scenePng(await demoScene()));
const counts = new Map();
for await (const { group, scene } of evaluationScenes()) {
  const [wanted, name] = CHOSEN[group];
  const count = counts.get(group) ?? 0;
  counts.set(group, count + 1);
  if (count !== wanted) continue;
  writeFileSync(new URL(`${name}.png`, folder), await scenePng(scene));
  console.log(name, scene.objects.map((object) => object.class).join(", "));
}
