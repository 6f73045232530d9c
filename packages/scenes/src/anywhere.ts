// What draws scenes without Node: in a page, with an artist of its own.

export type { Artist, Pixels } from "./artist.js";
export { CLASS_NAMES, type ClassName } from "./classes.js";
export { FAMILY_NAMES, type FamilyName } from "./families.js";
export type { SceneOptions } from "./options.js";
export type { Box, Scene, SceneObject } from "./scene.js";
export { SceneDrawer } from "./scene-drawer.js";
