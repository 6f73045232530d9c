import type { SceneOptions } from "./options.js";
import { SceneDrawer } from "./scene-drawer.js";
import { SHARP_ARTIST } from "./sharp-artist.js";

/**
 * Draws labeled scenes. A scene depends on the settings and its index alone, not on scenes that were drawn before.
 * @example
 * const generator = new SceneGenerator({ seed: 7, classes: ["cat", "dog"], others: [1, 1] });
 * const scene = await generator.scene(42);
 * scene.label; // "cat" or "dog"
 * maskOf(scene, 0); // Uint8Array [size, size], 1 on the first object
 */
export class SceneGenerator extends SceneDrawer {
  /** @throws LimnError `bad-option` that names the option, its value and what it may be */
  constructor(options: SceneOptions = {}) {
    super(options, SHARP_ARTIST);
  }
}
