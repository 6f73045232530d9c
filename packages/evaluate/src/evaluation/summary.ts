import { VERSION } from "@limn/core";
import type { EvaluationRun } from "./run.js";
import type { EvaluationSettings } from "./settings.js";
import type { ResultTable } from "./table.js";

/** What a model and a data set are opened by. */
export type RunSource = Pick<EvaluationSettings, "model" | "classifier" | "data" | "mapping">;

/** What was evaluated, and how often the model was right. */
export interface RunSummary {
  readonly limn: string;
  readonly model: { readonly name: string; readonly sha256: string; readonly classes: number };
  readonly data: { readonly title: string; readonly sha256: string; readonly items: number; readonly objects: string };
  /** Where the model and the data were, so that `readResults` finds them again. Paths are as they were given. */
  readonly source: RunSource;
  /** How many pictures were measured. */
  readonly measured: number;
  /** How many pictures have a label, and for how many of these the prediction is right. */
  readonly accuracy: { readonly correct: number; readonly labeled: number };
  /** The pictures that could not be used, with the reasons. */
  readonly failed: readonly { readonly id: string; readonly error: string }[];
  /** Whether the work was interrupted; then the figures are of the pictures that were measured so far. */
  readonly interrupted: boolean;
  readonly warnings: readonly string[];
}

export function summaryOf(
  { settings, data, opened, modelHash, interrupted, warnings }: EvaluationRun,
  table: ResultTable,
): RunSummary {
  return {
    limn: VERSION,
    model: { name: opened.found.name, sha256: modelHash, classes: opened.classifier.classes },
    data: { title: data.title, sha256: data.fingerprint, items: data.items.length, objects: data.objects },
    source: {
      model: settings.model,
      classifier: settings.classifier,
      data: settings.data,
      ...(settings.mapping === undefined ? {} : { mapping: settings.mapping }),
    },
    measured: table.items.length,
    accuracy: accuracyOf(table),
    failed: table.failed.map(({ id, error }) => ({ id, error })),
    interrupted,
    warnings,
  };
}

function accuracyOf({ items }: ResultTable) {
  const labeled = items.filter(({ labels }) => labels.length > 0);
  return {
    correct: labeled.filter(({ labels, predicted }) => labels.includes(predicted)).length,
    labeled: labeled.length,
  };
}
