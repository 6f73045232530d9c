export { type ChosenPreprocessing, choosePreprocessing, type PreprocessingChoice } from "./choose-preprocessing.js";
export type { ClaimResult, ClaimsDocument, JudgedFigure, TestedModel } from "./claims/document.js";
export type { Figure } from "./claims/figure.js";
export { type ClaimsPart, claimsPage } from "./claims/markdown.js";
export { type ClaimsOptions, type ClaimsProgress, testClaims } from "./claims/run.js";
export type { Expectation, Verdict } from "./claims/verdict.js";
export { estimateInWords, expectationInWords } from "./claims/words.js";
export type { ClassFigures, ConfusionDocument, Mistake } from "./confusion/document.js";
export { type ConfusionOptions, type ConfusionRun, runConfusion } from "./confusion/run.js";
export { contrastOf, type PictureContrast } from "./contrast.js";
export type { DataItem, DataObject, DataSet, OpenedItem } from "./data/data-set.js";
export { type LabelMatch, type ModelLabels, matchLabels } from "./data/match-labels.js";
export { DATA_FORMATS, type DataChoice, type DataFormat, openData } from "./data/open-data.js";
export { encodeAnimation, encodePicture, type RgbPicture } from "./encode-picture.js";
export { type ConfusionCell, frequentMistakes } from "./evaluate/confusion.js";
export { documentOf, type EvaluationDocument, MEASURE_NAMES, type PairedMeasure } from "./evaluate/document.js";
export type { Staffing } from "./evaluate/hire.js";
export type { FailedItem, ItemRecord, MeasuredItem, ResultLog } from "./evaluate/result-log.js";
export { type EvaluationOptions, type EvaluationProgress, type EvaluationRun, runEvaluation } from "./evaluate/run.js";
export type { EvaluationSettings, SanityChoice, TargetRule } from "./evaluate/settings.js";
export { type StagedMaps, stagedMaps, stagedName } from "./evaluate/stages.js";
export type { Subject } from "./evaluate/subject.js";
export type { RunSummary } from "./evaluate/summary.js";
export { type ResultTable, type TableItem, tableOf } from "./evaluate/table.js";
export { stemOf, uniqueStems } from "./file-names.js";
export { type ClassNames, labelsFor, readLabels, readWordnetIds, targetOf, targetsOf } from "./labels.js";
export { readModelFile, weightReader } from "./model-file.js";
export type { Companions } from "./models/companions.js";
export type { DownloadProgress } from "./models/download.js";
export { type EmbeddedModels, type FindModelOptions, type FoundModel, findModel } from "./models/find-model.js";
export { loadModel } from "./models/load-model.js";
export { encodeNpy, readNpy, writeNpy } from "./npy.js";
export { type ClassifierChoice, type OpenedClassifier, openClassifier } from "./open-classifier.js";
export {
  type LabeledClass,
  PictureExplainer,
  type PictureExplainerOptions,
  type PictureExplanation,
  type PictureMap,
  type PictureSize,
} from "./picture-explainer.js";
export { type ReadPicture, readPicture } from "./pictures.js";
export { type QueueWorkerOptions, runQueueWorker } from "./queue/worker.js";
export { readComposite } from "./read-composite.js";
export { type SaveConfusionOptions, type SavedConfusion, saveConfusion } from "./report/save-confusion.js";
export { type SavedEvaluation, saveEvaluation } from "./report/save-evaluation.js";
export { compileRequests, loadBatched, type RequestOptions } from "./requests.js";
export { type OnnxRuntimeOptions, onnxRuntime } from "./runtime.js";
export {
  FORMATS,
  type Format,
  type SavedExplanation,
  type SavedMap,
  type SaveOptions,
  saveExplanations,
} from "./save-explanations.js";
export { type SaveSweepOptions, saveSweep } from "./save-sweep.js";
export { scenePng } from "./scenes/scene-png.js";
export {
  type ScenesProgress,
  type WriteScenesOptions,
  type WrittenScenes,
  writeScenes,
} from "./scenes/write-scenes.js";
export { objectMask, type SoughtObject } from "./sought-object.js";
export { type DepthSweep, type SweepBlock, type SweepCell, type SweepRow, type SweepStage, sweepOf } from "./sweep.js";
export { makeFolder, writeFileAtomically } from "./write-file.js";
