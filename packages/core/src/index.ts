export { type OnnxRuntimePackage, runtimeOver } from "./adapter.js";
export { checkGradient, type GradientCheck, LARGEST_DEVIATION } from "./check/finite-differences.js";
export { imbalanceOf, type Ledger, type LedgerEntry, type LedgerOptions, ledgerOf } from "./check/ledger.js";
export { type RandomizationOptions, randomized, weightedLayers } from "./check/randomization.js";
export { judgeGradient, judgeLedger, type Verdict } from "./check/verdict.js";
export { type Classifier, channelAxisOf, type LoadOptions, loadClassifier, type ModelSource } from "./classifier.js";
export {
  type Compiled,
  type CompiledMap,
  type CompileOptions,
  compile,
  encodeForSaving,
  type MapRequest,
} from "./compile.js";
export {
  type Composite,
  type CompositeInit,
  compositeSchema,
  defineComposite,
  describeMatch,
  type Entry,
} from "./composites/composite.js";
export { type CompositeName, compositeOf, composites, DEFAULT_COMPOSITE } from "./composites/registry.js";
export { type Diagnosis, diagnose, firstNotFinite, symptomOf } from "./diagnose/diagnose.js";
export { type ErrorCode, LimnError, reasonOf } from "./error.js";
export { BLANKS, type Blank } from "./evaluate/blank.js";
export type { BatchSizes, LoadForBatch } from "./evaluate/load-for-batch.js";
export type { MaskingOptions } from "./evaluate/masked-scores.js";
export {
  type MeasuredMap,
  type MeasuredPicture,
  Measurer,
  type MeasurerOptions,
  type PictureInView,
} from "./evaluate/measurer.js";
export type { MapMeasures, ObjectInView } from "./evaluate/measures-of-map.js";
export {
  type ExplainedBatch,
  type RandomizedLevel,
  SANITY_LEVELS,
  SanityCheck,
  type SanityOptions,
  sanityLevels,
} from "./evaluate/sanity.js";
export { CURVE_STEPS, type CurveOptions } from "./evaluate/score-curves.js";
export {
  type BrokenRun,
  Explainer,
  type Explanation,
  type ExplanationFigure,
  type ExplanationMap,
  type StepProgress,
  type Watch,
} from "./explainer.js";
export type { Graph, KnownOperators, Node, OperatorKey, Value } from "./graph/graph.js";
export type { Model } from "./graph/model.js";
export type { DataType, Shape } from "./graph/tensor.js";
export {
  type Climb,
  type ImagineCall,
  type Imagined,
  type ImaginedPicture,
  type ImagineOptions,
  Imaginer,
  imagineOptions,
} from "./imagine/imagine.js";
export { batchFor, type Pieces } from "./iteration.js";
export { findLayer, type Layer, layersOf } from "./layers.js";
export {
  type BeginContext,
  type Classified,
  type EndContext,
  type Figure,
  type IteratedMethod,
  type IteratedOutput,
  isIterated,
  type Method,
  type MethodContext,
  type MethodOutput,
  type Options,
  type RelevanceChoice,
  type Score,
  type SingleRunMethod,
  type State,
  type StepContext,
} from "./methods/method.js";
export { findMethod, type MethodName, methods, singleRunMethods } from "./methods/registry.js";
export { dropOf, increaseOf, winOf } from "./metrics/average-drop.js";
export { areaUnderCurve } from "./metrics/deletion-insertion.js";
export { INSTANCE_COVER, INSTANCE_DELTA, instanceRecall } from "./metrics/instance-recall.js";
export {
  IOU_THRESHOLD,
  iou,
  LOC_DELTA,
  type Localization,
  loc,
  localizationOf,
  locs,
  pointsInside,
} from "./metrics/localization.js";
export { maskInView, maskOfBoxes, maskOfPicture } from "./metrics/object-mask.js";
export { energyInside, otherClassLeak } from "./metrics/positive-mass.js";
export {
  type Measure,
  type MeasureName,
  type MeasureNeed,
  type MeasureVariant,
  measures,
} from "./metrics/registry.js";
export { rankCorrelation, SSIM_WINDOW, structuralSimilarity } from "./metrics/similarity.js";
export { decodeModel } from "./onnx/decode.js";
export { type EncodeOptions, encodeModel } from "./onnx/encode.js";
export { type PartialFile, skimModel } from "./onnx/skim.js";
export type { ReadWeights } from "./onnx/tensors.js";
export {
  type Behavior,
  defineOperator,
  type Fact,
  type Facts,
  type GateRole,
  type GradientRule,
  type LayoutPassing,
  type Linear,
  type LinearForm,
  type LinearKind,
  type NumberSource,
  type Operator,
  type OperatorDefinition,
  type PiecewiseConstant,
  piecewiseConstant,
  type ScoreFunction,
  type Sign,
  type Stop,
  stop,
  type Wires,
  type Zero,
} from "./ops/operator.js";
export { type PointwiseDefinition, pointwise } from "./ops/pointwise.js";
export { OperatorTable } from "./ops/registry.js";
export type { Geometry, Rectangle } from "./preprocess/geometry.js";
export { type ImageInput, imageInput } from "./preprocess/image-input.js";
export {
  adjustPreprocessing,
  type ParsedPreprocessing,
  parsePreprocessing,
  pictureSizeOf,
} from "./preprocess/parse.js";
export type { Picture } from "./preprocess/picture.js";
export { type Grid, MapPlacer } from "./preprocess/place-map.js";
export {
  type Channels,
  type Layout,
  type Preprocessing,
  type Resample,
  rangeAfter,
  type Size,
} from "./preprocess/preprocessing.js";
export { type Preprocessed, Preprocessor } from "./preprocess/preprocessor.js";
export { PRESET_NAMES, type PresetName, preset } from "./preprocess/presets.js";
export type { InputRange } from "./relevance/input-range.js";
export { type Assignment, type LinearAssignment, type Plan, type PlanRow, planOf, planRows } from "./relevance/plan.js";
export * from "./render/index.js";
export { type RuleName, rules } from "./rules/registry.js";
export { defineRule, type LinearLayer, type Rule, type RuleDefinition, type Term } from "./rules/rule.js";
export type {
  Runtime,
  Session,
  SessionOptions,
  TensorValue,
  TypedArray,
  ValueMetadata,
  Weights,
} from "./session.js";
export { type BootstrapOptions, bootstrapMeans, CONFIDENCE, type Estimate, RESAMPLES } from "./statistics/bootstrap.js";
export { type ConfusionMatrix, confusionMatrix, type OneVersusRest, oneVersusRest } from "./statistics/confusion.js";
export { type Histogram, type HistogramOptions, histogram } from "./statistics/histogram.js";
export { type Comparison, comparePairs, type Pair } from "./statistics/paired.js";
export { type FiveNumbers, fiveNumbers, quantile } from "./statistics/quantiles.js";
export { type SignedRankTest, signedRankTest } from "./statistics/wilcoxon.js";
export { didYouMean } from "./suggest.js";
export { VERSION } from "./version.js";
