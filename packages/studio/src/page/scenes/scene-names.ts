/** What a scene is made from. */
export interface SceneWish {
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** Names of classes that it shows; empty for any. */
  readonly classes: readonly string[];
}

/** The name of a scene, from which it can be made again. */
export const sceneName = ({ seed, classes }: SceneWish): string =>
  `scene ${seed}${classes.length > 0 ? ` of ${classes.join(", ")}` : ""}.png`;

/** What a scene of this name is made from; undefined if it is not the name of a scene. */
export function sceneNamed(name: string): SceneWish | undefined {
  const [, seed, classes] = /^scene (\d{1,10})(?: of ([a-z, ]+))?\.png$/.exec(name) ?? [];
  return seed === undefined ? undefined : { seed: Number(seed), classes: classes?.split(", ") ?? [] };
}
