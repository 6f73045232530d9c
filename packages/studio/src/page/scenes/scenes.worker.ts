/// <reference lib="webworker" />
import { reasonOf } from "@limn/core";
import { type FamilyName, type Pixels, SceneDrawer, type SceneOptions } from "@limn/scenes/anywhere";
import type { FromDrawer, ToDrawer } from "./messages.js";
import type { SceneWish } from "./scene-names.js";

/** The pictures' side, in pixels. */
const SIZE = 384;

type Drawings = Readonly<Record<FamilyName, { readonly drawings: Readonly<Record<string, string>> }>>;

let drawings: Drawings | undefined;
const waiting = new Map<number, { resolve: (pixels: Pixels) => void; reject: (reason: Error) => void }>();
let last = 0;

const tell = (message: FromDrawer) => self.postMessage(message);

const artist = {
  iconsOf: (family: FamilyName) => new Map(Object.entries(drawings?.[family].drawings ?? {})),
  pixelsOf(svg: string, size: number): Promise<Pixels> {
    const id = ++last;
    tell({ kind: "rasterize", id, svg, size });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  },
};

self.onmessage = async ({ data: message }: MessageEvent<ToDrawer>) => {
  const { id } = message;
  if (message.kind === "draw") {
    if (message.drawings !== undefined) drawings = JSON.parse(message.drawings);
    try {
      const scene = await new SceneDrawer(optionsOf(message.wish), artist).scene(0);
      tell({ kind: "scene", id, scene });
    } catch (error) {
      tell({ kind: "refused", id, reason: reasonOf(error) });
    }
    return;
  }
  const asked = waiting.get(id);
  waiting.delete(id);
  if (message.kind === "pixels") asked?.resolve(message.pixels);
  else asked?.reject(new Error(message.reason));
};

/** One object of each class that is named, large enough to be seen; any if none is named. */
function optionsOf({ seed, classes }: SceneWish): SceneOptions {
  const base = { seed, size: SIZE, scale: [0.3, 0.6], clutter: [0, 4] } as const;
  if (classes.length === 0) return base;
  const others = Math.min(classes.length - 1, 4);
  return { ...base, classes, instances: [1, 1], others: [others, others] };
}
