export { type ChosenPreprocessing, choosePreprocessing, type PreprocessingChoice } from "./choose-preprocessing.js";
export { uniqueStems } from "./file-names.js";
export { labelsFor, readLabels, targetOf } from "./labels.js";
export { readModelFile, weightReader } from "./model-file.js";
export { encodeNpy, readNpy, writeNpy } from "./npy.js";
export {
  type LabeledClass,
  PictureExplainer,
  type PictureExplainerOptions,
  type PictureExplanation,
  type PictureMap,
} from "./picture-explainer.js";
export { type ReadPicture, readPicture } from "./pictures.js";
export { compileRequests, type RequestOptions } from "./requests.js";
export { type OnnxRuntimeOptions, onnxRuntime } from "./runtime.js";
export { FORMATS, type Format, type SavedExplanation, type SavedMap, saveExplanations } from "./save-explanations.js";
export { writeFileAtomically } from "./write-file.js";
