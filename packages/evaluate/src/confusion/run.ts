import { isRegression, LimnError, type MapRequest, type Runtime, targetsOf } from "@limn/core";
import { compileRequests, type OpenedClassifier, type RequestOptions } from "@limn/node";
import { type EvaluationOptions, type EvaluationRun, runEvaluation } from "../evaluation/run.js";
import { openSubject, type Subject } from "../evaluation/subject.js";

/** What `runConfusion` takes: the options of an evaluation that do not change how maps are measured. */
export interface ConfusionOptions
  extends Omit<
    EvaluationOptions,
    | ("target" | "masking" | "curves" | "shattering" | "sanity" | "methods" | "onSanity")
    | ("composites" | "rankBy" | "random")
  > {
  /** Methods by which pictures are explained. Default: Grad-CAM, or saliency if Grad-CAM does not fit the model. */
  readonly methods?: RequestOptions["methods"];
  /** The only classes whose pictures are shown, as names or indices. Default: those with the most mistakes. */
  readonly classes?: readonly string[];
}

/** The classifications of a whole data set. */
export interface ConfusionRun extends EvaluationRun {
  /** The maps that pictures are shown with. */
  readonly requests: readonly MapRequest[];
  /** The classes whose pictures are shown, if they were named. */
  readonly classes: readonly number[] | undefined;
}

/**
 * Classifies every picture of a data set; `saveConfusion` then explains the pictures that it shows. If it was interrupted,
 * it goes on from there, as `runEvaluation` does, even with other methods and classes.
 * @throws LimnError as `runEvaluation` does, and `bad-input` for data without labels
 * @example
 * const runtime = onnxRuntime();
 * const options = { model: "scenes-resnet", classifier: {}, data: { data: "scenes:500" }, folder: "limn-confusion" };
 * const { document, report } = await saveConfusion(await runConfusion(options, runtime), options.folder, runtime);
 */
export async function runConfusion(options: ConfusionOptions, runtime: Runtime): Promise<ConfusionRun> {
  const subject = await openSubject(options, runtime, options.download);
  const { opened, data } = subject;
  if (isRegression(opened.classifier)) {
    throw new LimnError(
      "not-applicable",
      `${opened.found.name}: the model gives one value and no classes, so nothing can be confused; use limn evaluate`,
    );
  }
  if (data.items.every(({ label }) => label === undefined)) {
    throw new LimnError(
      "bad-input",
      `${data.title}: none of its pictures has a label, so nothing is known to be a mistake; give data with labels, or use limn evaluate, which needs none`,
    );
  }
  const classes = options.classes && classesOf(options.classes, opened);
  const { requests, warnings } = requestsFor(subject, options);
  for (const warning of warnings) options.onWarning?.(warning);
  const run = await runEvaluation(
    {
      ...options,
      methods: [],
      target: "predicted",
      masking: {},
      curves: undefined,
      shattering: false,
      sanity: undefined,
    },
    runtime,
    subject,
  );
  return { ...run, requests, classes, warnings: [...run.warnings, ...warnings] };
}

function requestsFor({ opened }: Subject, options: ConfusionOptions): { requests: MapRequest[]; warnings: string[] } {
  const { classifier, preprocessing } = opened;
  const requestsOf = (methods: NonNullable<RequestOptions["methods"]>) =>
    compileRequests(classifier, { ...options, methods, preprocessing });
  if (options.methods) return requestsOf(options.methods);
  try {
    return requestsOf(["grad-cam"]);
  } catch (error) {
    if (error instanceof LimnError && error.code === "not-applicable") return requestsOf(["saliency"]);
    throw error;
  }
}

/** @throws LimnError `bad-option` for names that are no classes of the model */
function classesOf(choices: readonly string[], { classifier, labels }: OpenedClassifier): number[] {
  return choices.flatMap((choice) => {
    const classes = targetsOf(choice, classifier.classes, labels, "class");
    if (classes.every((index) => index >= 0)) return classes;
    throw new LimnError(
      "bad-option",
      `class "${choice}": this is not one class of the model; give names or indices of its classes`,
    );
  });
}
