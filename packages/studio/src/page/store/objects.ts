import { boxed, type Region } from "../maps/region.js";
import { type SceneWish, sceneName } from "../scenes/scene-names.js";
import type { Slice } from "./state.js";

/** A thing on a photo whose place is known. */
export interface KnownObject {
  readonly name: string;
  /** The box around it. */
  readonly region: Region;
}

/** What is known to be on photos, and scenes, of which it is known. */
export interface ObjectsSlice {
  /** By the handles of photos. */
  readonly objects: ReadonlyMap<string, readonly KnownObject[]>;
  /** Draws a scene, and asks about it. */
  openScene(wish: SceneWish): Promise<boolean>;
}

declare module "./state.js" {
  interface Studio extends ObjectsSlice {}
}

export const createObjects: Slice<ObjectsSlice> = (set, get) => ({
  objects: new Map(),
  async openScene(wish) {
    try {
      const { drawScene } = await import("../scenes/draw-scene.js");
      const { size, pixels, objects } = await drawScene(wish);
      const picture = { width: size, height: size, rgb: pixels };
      const opened = await get().openPhoto({ kind: "pixels", name: sceneName(wish), picture });
      if (!opened) return false;
      const seen = objects
        .filter(({ area }) => area > 0)
        .map(({ class: name, box }): KnownObject => ({ name, region: boxed(box) }));
      set({ objects: new Map(get().objects).set(opened.handle, seen) });
      return true;
    } catch (error) {
      get().complain(error);
      return false;
    }
  },
});
