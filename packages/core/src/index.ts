export { type OnnxRuntimePackage, runtimeOver } from "./adapter.js";
export { type Attention, attentionsOf } from "./attention.js";
export { channelAxisOf } from "./channel-axis.js";
export { type ArrivalCaution, arrivalCaution } from "./check/arrival-caution.js";
export {
  checkGradient,
  type GradientCheck,
  type GradientVerdict,
  LARGEST_DEVIATION,
} from "./check/finite-differences.js";
export { imbalanceOf, type Ledger, type LedgerEntry, type LedgerOptions, ledgerOf } from "./check/ledger.js";
export { type RandomizationOptions, randomized, weightedLayers } from "./check/randomization.js";
export { judgeGradient, judgeLedger, type Verdict } from "./check/verdict.js";
export { chooseOnnx } from "./choose-onnx.js";
export {
  type Classifier,
  type FoundScores,
  isRegression,
  type LoadOptions,
  loadClassifier,
  rankedClasses,
} from "./classifier.js";
export { type Compiled, type CompileOptions, compile } from "./compile/compile.js";
export {
  type CompiledMap,
  chosenOptions,
  type MapInOneRun,
  type MapInPieces,
  type MapRequest,
  pixelwiseOf,
} from "./compile/compiled-map.js";
export { encodeForSaving, encodeWithoutWeights } from "./compile/encode.js";
export { batchFor, type Pieces } from "./compile/iteration.js";
export {
  type AttentionEntry,
  attentionEntryFor,
  type Composite,
  type CompositeInit,
  compositeSchema,
  defineComposite,
  describeEntry,
  describeMatch,
  type Entry,
  entryFor,
  isOfAttention,
  type LayerFacts,
} from "./composites/composite.js";
export {
  type CompositeName,
  compositeOf,
  composites,
  DEFAULT_COMPOSITE,
  DEFAULT_WITH_ATTENTION,
  USUAL,
} from "./composites/registry.js";
export { describeOptions, type OptionFacts } from "./describe-options.js";
export { diagnose, firstNotFinite } from "./diagnose/diagnose.js";
export { type Diagnosis, symptomOf } from "./diagnose/diagnosis.js";
export { type DifferentiatedModel, type DifferentiateOptions, differentiate } from "./differentiate.js";
export { encodeNpy } from "./encode-npy.js";
export { type ErrorCode, LimnError, reasonOf } from "./error.js";
export { BLANKS, type Blank } from "./evaluate/blank.js";
export type { HiddenPart } from "./evaluate/hidden-parts.js";
export {
  blankPicture,
  type HiddenRanks,
  type HiddenScores,
  masksInOrder,
  PictureHider,
} from "./evaluate/hiding.js";
export { type BatchSizes, type LoadForBatch, loadForBatch } from "./evaluate/load-for-batch.js";
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
  similarityOf,
} from "./evaluate/sanity.js";
export { CURVE_STEPS, type CurveOptions, GROUPS } from "./evaluate/score-curves.js";
export {
  adviceOn,
  type BrokenRun,
  Explainer,
  type ExplainerOptions,
  type Explanation,
  type ExplanationIndicator,
  type ExplanationMap,
  type StepProgress,
  type Watch,
} from "./explainer.js";
export type { Graph, KnownOperators, Node, OperatorKey, Value } from "./graph/graph.js";
export type { Model } from "./graph/model.js";
export { type DataType, fromBfloat, fromHalf, type Shape, type Size } from "./graph/tensor.js";
export {
  type Climb,
  type ImagineCall,
  type Imagined,
  type ImaginedPicture,
  type ImagineOptions,
  Imaginer,
  imagineOptions,
} from "./imagine/imagine.js";
export { type DeclaredTensor, type FileFacts, fileFactsOf, type StoredNumbers } from "./inspect/file-facts.js";
export { type FittingMethod, fittingMethods } from "./inspect/fitting-methods.js";
export { meaningOf, type OutputMeaning } from "./inspect/meaning.js";
export { type Network, type NetworkNode, networkOf } from "./inspect/network.js";
export { type Obstacle, obstaclesOf } from "./inspect/obstacles.js";
export {
  guessLabelSet,
  isLabelSet,
  LABEL_SETS,
  type LabelSet,
  type LabelSetEvidence,
  type LabelSetGuess,
} from "./labels/label-sets.js";
export {
  type ClassNames,
  classesIn,
  type FoundLabels,
  labelsGuessed,
  labelsIn,
  labelsInModel,
  type NamedClass,
  NO_LABELS,
  namesInMetadata,
} from "./labels/labels.js";
export { cautionOf, findLayer, type Layer, layersOf, whyNoLayers } from "./layers.js";
export { defineIteratedMethod, defineMethod } from "./methods/define.js";
export {
  type BeginContext,
  type Classified,
  type Combination,
  type EndContext,
  type Family,
  type Indicator,
  type IteratedMethod,
  type IteratedMethodDefinition,
  type IteratedOutput,
  isIterated,
  isProbability,
  type Method,
  type MethodContext,
  type MethodDefinition,
  type MethodOutput,
  type Options,
  parseOptions,
  type RelevanceChoice,
  type Score,
  type SingleRunMethod,
  type State,
  type StepContext,
  type TableFacts,
} from "./methods/method.js";
export {
  defaultMethods,
  type FoundMethod,
  families,
  findMethod,
  type MethodName,
  methods,
  nameOfMethod,
  singleRunMethods,
  usualMethods,
} from "./methods/registry.js";
export { takesComposite } from "./methods/relevance.js";
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
export { saco, salienceOf } from "./metrics/saco.js";
export { type Segmentation, segmentationOf } from "./metrics/segmentation.js";
export { rankCorrelation, SSIM_WINDOW, structuralSimilarity } from "./metrics/similarity.js";
export { type Mistake, mistakeOf } from "./mistake.js";
export { COMPANIONS, type ModelConfig, modelConfigIn } from "./model-config.js";
export { OncePerKey } from "./once-per-key.js";
export { decodeModel } from "./onnx/decode.js";
export { type EncodeOptions, encodeModel } from "./onnx/encode.js";
export { type OpenOptions, openSession, runOnce } from "./onnx/open-session.js";
export { type PartialFile, skimModel } from "./onnx/skim.js";
export type { ReadWeights } from "./onnx/tensors.js";
export type { Axes, AxesRule, AxesWires, Axis, Laid, Part, Placed, Taken, TakenRule } from "./ops/axes.js";
export {
  type Behavior,
  defineOperator,
  type Expansion,
  type Fact,
  type Facts,
  type GateRole,
  type GradientRule,
  type LayoutPassing,
  type Linear,
  type LinearForm,
  type LinearKind,
  type Normalization,
  type NumberSource,
  type Operator,
  type OperatorDefinition,
  type PiecewiseConstant,
  type Placement,
  piecewiseConstant,
  type Rectifying,
  type ScoreFunction,
  type Sign,
  type Stop,
  stop,
  type Wires,
  type Zero,
} from "./ops/operator.js";
export { type PointwiseDefinition, pointwise } from "./ops/pointwise.js";
export { OperatorTable } from "./ops/registry.js";
export type { OptionsSchema } from "./option.js";
export type { TokenGrid } from "./places.js";
export type { ChosenOutput } from "./prepare/choose-output.js";
export type { Ending } from "./prepare/ending.js";
export type { ModelSource } from "./prepare/read-model.js";
export type { NamesInGraph } from "./prepare/take-apart/sequences.js";
export type { TextClasses } from "./prepare/text-classes.js";
export {
  assumptions,
  type ChosenPreprocessing,
  NO_PREPROCESSING,
  type PreprocessingEvidence,
  type PreprocessingSource,
  preprocessingFor,
  type SaidOfPreprocessing,
} from "./preprocess/choose.js";
export type { Geometry, Rectangle } from "./preprocess/geometry.js";
export { type Grid, gridOf, type PictureSize } from "./preprocess/grid.js";
export { guessPreprocessing, type PreprocessingGuess } from "./preprocess/guess.js";
export { type ImageInput, imageInput } from "./preprocess/image-input.js";
export { type PreprocessingInMetadata, preprocessingInMetadata } from "./preprocess/in-metadata.js";
export {
  type ImpliedPreprocessing,
  impliedPreprocessing,
  type NormalizationInside,
  normalizationInside,
} from "./preprocess/normalization-inside.js";
export { padsAtEnd } from "./preprocess/pads-at-end.js";
export {
  adjustPreprocessing,
  parsePreprocessing,
  pictureSizeOf,
} from "./preprocess/parse.js";
export type { Picture } from "./preprocess/picture.js";
export { MapPlacer } from "./preprocess/place-map.js";
export {
  type Channels,
  type Layout,
  type ParsedPreprocessing,
  type Preprocessing,
  type Resample,
  rangeAfter,
} from "./preprocess/preprocessing.js";
export { type Preprocessed, Preprocessor } from "./preprocess/preprocessor.js";
export { PRESET_NAMES, type PresetName, preset, presetOf, presetsFor } from "./preprocess/presets.js";
export { type Arrival, arrivalOf } from "./relevance/arrival.js";
export { compositeFor } from "./relevance/composite-for.js";
export type { InputRange } from "./relevance/input-range.js";
export {
  type Assignment,
  type LinearAssignment,
  type NormalizationAssignment,
  type Plan,
  type PlanRow,
  type ProductAssignment,
  planOf,
  planRows,
} from "./relevance/plan.js";
export * from "./render/index.js";
export { type AttentionRule, type AttentionRuleName, attentionRules } from "./rules/attention.js";
export { defineRule } from "./rules/define.js";
export { type RuleName, rules } from "./rules/registry.js";
export type { LinearLayer, Rule, RuleDefinition, Term } from "./rules/rule.js";
export {
  BIASES,
  type Bias,
  DEFAULT_SETTINGS,
  type Settings,
  STABILIZERS,
  type Stabilizer,
  SUMS,
  type Sums,
} from "./rules/settings.js";
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
export { fisherExact, type MarkedGroup } from "./statistics/fisher.js";
export { type Histogram, type HistogramOptions, histogram } from "./statistics/histogram.js";
export { holm } from "./statistics/holm.js";
export { type Comparison, comparePairs, type Pair } from "./statistics/paired.js";
export { type FiveNumbers, fiveNumbers, quantile } from "./statistics/quantiles.js";
export { type SignedRankTest, signedRankTest } from "./statistics/wilcoxon.js";
export { didYouMean } from "./suggest.js";
export {
  type Explained,
  explainedOf,
  nameOfCombination,
  nameOfExplained,
  ONE_TARGET,
  oneTarget,
  PREDICTED,
  plainLabel,
  targetOf,
  targetsOf,
} from "./targets.js";
export type { TextFile } from "./text-file.js";
export { type AttentionFacts, attentionFactsOf, type Block, type Transformer, transformerOf } from "./transformer.js";
export { VERSION } from "./version.js";
