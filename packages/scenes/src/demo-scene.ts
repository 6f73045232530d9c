import { SceneGenerator } from "./generator.js";
import type { Scene } from "./scene.js";

/** A cat and a dog in one picture of 384 pixels: of the first seeds, the scene that shows both best. */
export const demoScene = (): Promise<Scene> =>
  new SceneGenerator({
    seed: 12,
    size: 384,
    classes: ["cat", "dog"],
    instances: [1, 1],
    others: [1, 1],
    scale: [0.4, 0.6],
    clutter: [1, 4],
  }).scene(30);
