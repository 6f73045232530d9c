export type { ClaimResult, ClaimsDocument, JudgedFigure, TestedModel } from "./claims/document.js";
export type { Figure } from "./claims/figure.js";
export { type ClaimsPart, claimsPage } from "./claims/markdown.js";
export { type ClaimsOptions, type ClaimsProgress, testClaims } from "./claims/run.js";
export type { Expectation, Verdict } from "./claims/verdict.js";
export { estimateInWords, expectationInWords } from "./claims/words.js";
export { type Conclusion, pInWords } from "./conclusion.js";
export type { ClassFigures, ConfusionDocument, Mistake } from "./confusion/document.js";
export { type ConfusionOptions, type ConfusionRun, runConfusion } from "./confusion/run.js";
export type { DataChoice, DataFormat } from "./data/data-choice.js";
export type { DataItem, DataObject, DataSet, OpenedItem } from "./data/data-set.js";
export { type LabelMatch, type ModelLabels, matchLabels } from "./data/match-labels.js";
export { DATA_FORMATS, openData } from "./data/open-data.js";
export { type CompositesChoice, GAMMAS } from "./evaluation/composite-requests.js";
export type { MeasuredConclusion } from "./evaluation/conclude.js";
export { type ConfusionCell, frequentMistakes } from "./evaluation/confusion.js";
export {
  type EvaluationDocument,
  evaluationDocument,
  MEASURE_NAMES,
  reasonsInWords,
} from "./evaluation/document.js";
export type { Means, PairedMeasure, Pairs } from "./evaluation/figures.js";
export type { Staffing } from "./evaluation/hire.js";
export { bestOf, type RankedMap, type Ranking, type Rankings, type Standing } from "./evaluation/ranking.js";
export type { FailedItem, ItemRecord, LogHead, MeasuredItem, ResultLog } from "./evaluation/result-log.js";
export {
  type EvaluationOptions,
  type EvaluationProgress,
  type EvaluationRun,
  runEvaluation,
} from "./evaluation/run.js";
export {
  type ClassRule,
  type EvaluationSettings,
  RANDOM,
  type SanityChoice,
  type TargetRule,
} from "./evaluation/settings.js";
export { type StagedMaps, stagedMaps, stagedName } from "./evaluation/stages.js";
export type { Subject } from "./evaluation/subject.js";
export type { RunSource, RunSummary } from "./evaluation/summary.js";
export { type ResultTable, type TableItem, tableOf } from "./evaluation/table.js";
export type { Assignment, Laborer, Recruit } from "./evaluation/workforce.js";
export type { QueueWorkerOptions } from "./queue/serve.js";
export { throughQueue } from "./queue/through-queue.js";
export { runQueueWorker } from "./queue/worker.js";
export { claimsReport } from "./report/claims-report.js";
export { holdsResults, type ReadResults, readResults } from "./report/read-results.js";
export { type SaveConfusionOptions, type SavedConfusion, saveConfusion } from "./report/save-confusion.js";
export { type SavedEvaluation, saveEvaluation } from "./report/save-evaluation.js";
export { type SaveSweepReportOptions, saveSweepReport } from "./report/sweep-report.js";
export {
  type ScenesProgress,
  type WriteScenesOptions,
  type WrittenScenes,
  writeScenes,
} from "./scenes/write-scenes.js";
