import { expect, it } from "vitest";
import { sceneName, sceneNamed } from "./scene-names.js";

it.each([
  { seed: 0, classes: [] },
  { seed: 4294967295, classes: ["cat"] },
  { seed: 12, classes: ["cat", "dog"] },
])("a scene's name says how to make it again: %o", (wish) => {
  expect(sceneNamed(sceneName(wish))).toEqual(wish);
});

it("other names are not names of scenes", () => {
  for (const name of ["cat.png", "scene.png", "scene -1.png", "scene 1 of <b>.png", "scene 12345678901.png"])
    expect(sceneNamed(name)).toBeUndefined();
});
