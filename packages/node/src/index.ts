export { choosePreprocessing, type PreprocessingChoice } from "./choose-preprocessing.js";
export { contrastOf, type PictureContrast } from "./contrast.js";
export { encodeAnimation, encodePicture, type RgbPicture } from "./encode-picture.js";
export { stemOf, uniqueStems } from "./file-names.js";
export { type InspectOptions, inspect } from "./inspect/inspect.js";
export type {
  InspectedFile,
  InspectedInput,
  InspectedLabels,
  InspectedLayer,
  InspectedLayers,
  InspectedParts,
  InspectedPhoto,
  InspectedPreprocessing,
  InspectedView,
  Inspection,
} from "./inspect/inspection.js";
export { readModelFile, weightReader } from "./model-file.js";
export type { Companions } from "./models/companions.js";
export type { DownloadProgress } from "./models/download.js";
export { type EmbeddedModels, findModel } from "./models/find-model.js";
export type { FindModelOptions, FoundModel } from "./models/found-model.js";
export { type LoadModelOptions, loadModel } from "./models/load-model.js";
export { readNpy, writeNpy } from "./npy.js";
export { type ClassifierChoice, type OpenedClassifier, openClassifier } from "./open-classifier.js";
export {
  type LabeledClass,
  PictureExplainer,
  type PictureExplainerOptions,
  type PictureExplanation,
  type PictureMap,
  type PictureSize,
} from "./picture-explainer.js";
export { type ReadOptions, type ReadPicture, readPicture } from "./pictures.js";
export type { PixelRange } from "./pixel-range.js";
export { readComposite } from "./read-composite.js";
export { labelSetText, labelsFor, readLabels, readWordnetIds } from "./read-labels.js";
export {
  type CompiledRequests,
  compileRequests,
  isNamed,
  loadBatched,
  type MethodChoice,
  type MethodFailure,
  type RequestOptions,
  saidOf,
  saidOnce,
} from "./requests.js";
export { runnable } from "./runnable.js";
export { executionProviders, type OnnxRuntimeOptions, onnxRuntime } from "./runtime.js";
export {
  FORMATS,
  type Format,
  type SavedExplanation,
  type SavedMap,
  type SaveOptions,
  saveExplanations,
} from "./save-explanations.js";
export { type SaveSweepOptions, saveSweep } from "./save-sweep.js";
export { checkLook, type Look, SCALES, type Scale } from "./sheet/look.js";
export { objectMask, type SoughtObject } from "./sought-object.js";
export { type DepthSweep, type SweepBlock, type SweepCell, type SweepRow, type SweepStage, sweepOf } from "./sweep.js";
export { makeFolder, writeFileAtomically } from "./write-file.js";
