export { attributionOf, licenseUrl } from "./attribution.js";
export { CLASS_NAMES, type ClassName } from "./classes.js";
export { demoScene } from "./demo-scene.js";
export { type EvaluationGroup, type EvaluationScene, evaluationScenes } from "./evaluation-set.js";
export { FAMILIES, FAMILY_NAMES, type FamilyName, type IconFamily, SEEN_FAMILIES, UNSEEN_FAMILY } from "./families.js";
export { SceneGenerator } from "./generator.js";
export { LIMITS, type Range, type SceneOptions, type SceneSettings, settingsOf } from "./options.js";
export { type Box, maskOf, type Scene, type SceneObject } from "./scene.js";
export { scenePng } from "./scene-png.js";
