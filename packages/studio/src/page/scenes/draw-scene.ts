import type { Pixels, Scene } from "@limn/scenes/anywhere";
import type { FromDrawer, ToDrawer } from "./messages.js";
import type { SceneWish } from "./scene-names.js";

const [DRAWINGS] = Object.values(
  import.meta.glob<string>("../../../../scenes/drawings/drawings.json", {
    query: "?url",
    import: "default",
    eager: true,
  }),
);

/** The thread that draws, once there is one, and whether it has the drawings. */
let worker: Worker | undefined;
const waiting = new Map<number, { resolve: (scene: Scene) => void; reject: (reason: Error) => void }>();
let last = 0;

/** Draws a scene in a thread of its own. @throws Error for classes that there are none of */
export async function drawScene(wish: SceneWish): Promise<Scene> {
  const isFirst = worker === undefined;
  const drawings = isFirst ? await (await fetch(DRAWINGS ?? "")).text() : undefined;
  worker ??= begun();
  const id = ++last;
  const drawn = new Promise<Scene>((resolve, reject) => waiting.set(id, { resolve, reject }));
  tell({ kind: "draw", id, wish, drawings });
  return drawn;
}

const tell = (message: ToDrawer) => worker?.postMessage(message);

function begun(): Worker {
  const thread = new Worker(new URL("./scenes.worker.ts", import.meta.url), { type: "module", name: "scenes" });
  thread.onmessage = async ({ data: message }: MessageEvent<FromDrawer>) => {
    const { id } = message;
    if (message.kind === "rasterize") {
      const { svg, size } = message;
      await rasterized(svg, size).then(
        (pixels) => tell({ kind: "pixels", id, pixels }),
        (error) => tell({ kind: "failed", id, reason: String(error) }),
      );
      return;
    }
    const asked = waiting.get(id);
    waiting.delete(id);
    if (message.kind === "scene") asked?.resolve(message.scene);
    else asked?.reject(new Error(message.reason));
  };
  return thread;
}

/** A drawing in pixels. @param size of its longer side */
async function rasterized(svg: string, size: number): Promise<Pixels> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = size / Math.max(image.naturalWidth, image.naturalHeight);
    const [width, height] = [image.naturalWidth, image.naturalHeight].map((side) => Math.round(scale * side));
    const canvas = new OffscreenCanvas(width ?? size, height ?? size);
    const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, height: canvas.height, data };
  } finally {
    URL.revokeObjectURL(url);
  }
}
