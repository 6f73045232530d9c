import { SceneGenerator } from "./generator.js";
import type { Scene } from "./scene.js";

/** The scene of `limn demo`: a cat and a dog in a picture of 384 x 384 pixels. */
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
