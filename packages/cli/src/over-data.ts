import type { EvaluationOptions, RunSummary } from "@limn/evaluate";
import type { Command } from "commander";
import { type DataOptions, dataChoice, withDataOptions } from "./data-options.js";
import { downloadOptions } from "./find-model.js";
import { INTERRUPTED, interruptible } from "./interrupt.js";
import { OPEN, openFile } from "./open-file.js";
import {
  given,
  labelsOption,
  loadChoice,
  type MethodOptions,
  type ModelOptions,
  methodsOf,
  OUT,
  type PreprocessOptions,
  parseCountOrNone,
  parseSettings,
  preprocessingChoice,
  withMethodOptions,
  withModelOptions,
  withPreprocessOptions,
} from "./options.js";
import { Progress } from "./progress.js";
import { say, warn } from "./say.js";

/** Options of commands that go over all pictures of a data set, and write what they find into a folder. */
export interface OverDataOptions extends ModelOptions, PreprocessOptions, MethodOptions, DataOptions {
  readonly labels?: string;
  readonly workers?: number;
  readonly anew?: boolean;
  readonly out: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** What help says of such a command. */
export interface OverDataWords {
  /** The default of --method. */
  readonly methods: string;
  /** The default of --out. */
  readonly out: string;
  /** Below the options. */
  readonly help: string;
}

/** Adds the options that all of them have. @param add adds the command's own */
export function withOverDataOptions(
  command: Command,
  { methods, out, help }: OverDataWords,
  add: (command: Command) => Command,
): Command {
  withMethodOptions(withDataOptions(command), methods).addOption(labelsOption());
  add(command)
    .option("--workers <n>", "worker threads, each with a copy of the model (default: one per core)", parseCountOrNone)
    .option("--anew", "start again, even if the folder holds results")
    .option("--out <dir>", `${OUT}; the same command goes on there`, out)
    .option("--open", OPEN)
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPreprocessOptions(command)).addHelpText("after", help);
}

/** What was written, and how it is told. */
export interface Written {
  readonly document: RunSummary;
  readonly report: string;
  readonly files: readonly string[];
  /** In words, for a terminal. */
  readonly printed: string;
  /** If the work was interrupted: when, as in "after 3 of 10 pictures". */
  readonly interrupted?: string;
}

/**
 * Goes over a data set: shows how far it is, answers Ctrl-C, prints what was found, and opens the report if that is wished.
 * @param work measures and writes, with the options that all these commands share
 * @returns the exit code
 */
export function overData(
  model: string,
  options: OverDataOptions,
  work: (shared: Shared, progress: Progress) => Promise<Written>,
): Promise<number> {
  const progress = new Progress();
  progress.show(`loading ${model}`);
  return interruptible(async (signal, finishes) => {
    try {
      const shared = {
        ...sharedChoice(model, options),
        signal,
        onInterrupt: (pictures: number) => finishes(pictures === 1 ? "1 picture" : `${pictures} pictures`),
        download: downloadOptions(options, progress).progress,
        onWarning: (warning: string) => warn([warning]),
      };
      const written = await work(shared, progress);
      progress.clear();
      return await tell(written, options);
    } finally {
      progress.clear();
    }
  });
}

/** What the options say of model, data and methods. */
function sharedChoice(model: string, options: OverDataOptions) {
  const { labels, revision, classes, mapping, batch, layer: layers, workers, threads, provider, anew } = options;
  return {
    model,
    classifier: { ...given({ labels, revision, classes }), ...loadChoice(options), ...preprocessingChoice(options) },
    data: dataChoice(options),
    ...given({ mapping, methods: methodsOf(options.method), layers, batch }),
    ...given({ workers, threads, providers: provider, anew }),
    options: parseSettings(options.set),
    folder: options.out,
  };
}

/** What `runEvaluation` and `runConfusion` both take. */
type Shared = ReturnType<typeof sharedChoice> &
  Pick<EvaluationOptions, "signal" | "onInterrupt" | "download" | "onWarning">;

async function tell(
  { document, report, files, printed, interrupted }: Written,
  { json, open }: OverDataOptions,
): Promise<number> {
  if (interrupted !== undefined) say(`interrupted ${interrupted}; the same command goes on from there`);
  process.stdout.write(
    json ? `${JSON.stringify(document, null, 1)}\n` : `${printed}  -> ${[report, ...files].join(", ")}\n`,
  );
  if (open) await openFile(report);
  if (interrupted !== undefined) return INTERRUPTED;
  // a script that goes on from here would take empty tables for results
  return document.measured > 0 ? 0 : 1;
}
