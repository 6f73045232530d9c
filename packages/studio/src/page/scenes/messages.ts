import type { Pixels, Scene } from "@limn/scenes/anywhere";
import type { SceneWish } from "./scene-names.js";

/** What the page says to the thread that draws scenes. */
export type ToDrawer =
  /** @param drawings the text of drawings.json; with the first wish only */
  | { readonly kind: "draw"; readonly id: number; readonly wish: SceneWish; readonly drawings: string | undefined }
  | { readonly kind: "pixels"; readonly id: number; readonly pixels: Pixels }
  | { readonly kind: "failed"; readonly id: number; readonly reason: string };

/** What the thread says to the page. */
export type FromDrawer =
  | { readonly kind: "scene"; readonly id: number; readonly scene: Scene }
  | { readonly kind: "refused"; readonly id: number; readonly reason: string }
  /** Asks for the pixels of a drawing: browsers draw SVG on pages only. */
  | { readonly kind: "rasterize"; readonly id: number; readonly svg: string; readonly size: number };
