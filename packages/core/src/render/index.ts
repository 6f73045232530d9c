export { COLOR_MAPS, type ColorMapName, colorMap, colorTable, isDiverging, TABLE_SIZE } from "./color-map.js";
export { contour, type Line, massLevel } from "./contour.js";
export { contrast } from "./contrast.js";
export { enlarged } from "./enlarge.js";
export { type NormalizeOptions, positionIn, type Range, rangeOf } from "./normalize.js";
export { type OverlayOptions, overlay, plain } from "./overlay.js";
export { COVERAGE, OUTLINED, outlineOf, usualColors } from "./usual-look.js";
