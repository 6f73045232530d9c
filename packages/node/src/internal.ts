/**
 * What Limn's other packages need of this one in addition to its public API. Not for other programs: it changes without
 * notice.
 * @module
 */

export { weightFilesOf } from "./model-file.js";
export { isOffline, limnCache } from "./models/environment.js";
export { networkReason, Refused, request, Unreachable } from "./models/http.js";
export { isMissing } from "./models/missing-package.js";
export { type CachedFile, fileAtUrl } from "./models/url-file.js";
export { isPictureName } from "./pictures.js";
export { readInput, readText } from "./read-input.js";
export { usualColorsOf } from "./sheet/drawn-map.js";
export { readMask } from "./sought-object.js";
export { type Encoding, markedEncoding } from "./text-encoding.js";
export { outputError } from "./write-file.js";
