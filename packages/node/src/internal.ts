/**
 * What Limn's other packages need of this one in addition to its public API. Not for other programs: it changes without
 * notice.
 * @module
 */

export { stemOf } from "./file-names.js";
export { weightFilesOf } from "./model-file.js";
export { isOffline, limnCache } from "./models/environment.js";
export { findByLink, modelsAt } from "./models/find-model.js";
export { networkReason, Refused, request, Unreachable } from "./models/http.js";
export { isMissing } from "./models/missing-package.js";
export { type CachedFile, fileAtUrl } from "./models/url-file.js";
export { isPictureName } from "./pictures.js";
export { readInput, readText } from "./read-input.js";
export { nameOfClass } from "./sheet/class-words.js";
export { usualColorsOf } from "./sheet/drawn-map.js";
export { number as numberInWords } from "./sheet/elements.js";
export type { SweepSheet, SweepTile } from "./sheet/sweep-sheet.js";
export { sweepSheetOf } from "./sheet/sweep-sheet-of.js";
export { readMask } from "./sought-object.js";
export { type Encoding, markedEncoding } from "./text-encoding.js";
export { outputError } from "./write-file.js";
