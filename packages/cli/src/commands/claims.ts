import { dirname, extname } from "node:path";
import { LimnError } from "@limn/core";
import {
  type ClaimResult,
  type ClaimsDocument,
  claimsPage,
  claimsReport,
  estimateInWords,
  expectationInWords,
  testClaims,
} from "@limn/evaluate";
import { makeFolder, writeFileAtomically } from "@limn/node";
import { Command, InvalidArgumentError, Option } from "commander";
import { DATA, type DataOptions, dataChoice, targetOption, withDataDetails } from "../data-options.js";
import { downloadOptions } from "../find-model.js";
import { INTERRUPTED, interruptible } from "../interrupt.js";
import { OPEN, openFile } from "../open-file.js";
import {
  given,
  labelsOption,
  loadChoice,
  MODEL_ARGUMENT,
  type ModelOptions,
  outFile,
  outFileHelp,
  type PreprocessOptions,
  parseCount,
  parseList,
  preprocessingChoice,
  runtimeOf,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { Progress } from "../progress.js";
import { say, warn } from "../say.js";
import { table } from "../table.js";

/** What the report is called in a folder. */
const FILE = "claims.html";

/** Where a report that is to be opened is written if nothing else is said. */
const FOLDER = "limn-claims";

/** The default number of scenes for each experiment: all claims on one embedded model take about a minute. */
const COUNT = 200;

interface ClaimsOptions extends ModelOptions, PreprocessOptions, Omit<DataOptions, "data"> {
  readonly data?: string;
  readonly labels?: string;
  readonly target?: string;
  readonly claim?: number[];
  readonly count: number;
  readonly out?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** @param report takes the exit code if the work was interrupted */
export function claimsCommand(report: (exitCode: number) => void): Command {
  const command = new Command("claims")
    .argument("[models...]", `${MODEL_ARGUMENT} (default: the embedded models)`)
    .option("--claim <n,...>", "numbers of the claims to test (default: all)", parseNumbers)
    .option("--data <data>", `${DATA} (default: scenes that show what each claim is about)`)
    .addOption(
      new Option("--count <n>", "scenes for each experiment").argParser(parseCount).default(COUNT).conflicts("data"),
    );
  withDataDetails(command)
    .addOption(labelsOption())
    .addOption(targetOption())
    .option("--out <path>", `also write a report: ${outFileHelp(FILE)}, or claims.md for the same as Markdown`)
    .option("--open", `${OPEN} (writes it into ${FOLDER} if --out is missing)`)
    .option("--json", "print one JSON document on stdout");
  return withModelOptions(withPreprocessOptions(command))
    .addHelpText("after", HELP)
    .action(async (models: string[], options: ClaimsOptions) => report(await claims(models, options)));
}

/** @returns the exit code */
function claims(models: readonly string[], options: ClaimsOptions): Promise<number> {
  const { data, mapping, labels, revision, classes, target = "label", claim, count, seed = 0, json, open } = options;
  const out = options.out ?? (open ? FOLDER : undefined);
  if (data === undefined) refuseDetails(options);
  const progress = new Progress();
  progress.show("loading");
  return interruptible(async (signal) => {
    try {
      const document = await testClaims(
        {
          models,
          classifier: {
            ...given({ labels, revision, classes }),
            ...loadChoice(options),
            ...preprocessingChoice(options),
          },
          ...(data === undefined ? {} : { data: dataChoice({ ...options, data }) }),
          ...given({ mapping, claims: claim }),
          target,
          count,
          seed,
          signal,
          download: downloadOptions(options, progress).progress,
          onProgress: ({ model, claims: numbers, done, total }) =>
            progress.bar(
              `${model}: ${numbers.length > 1 ? "claims" : "claim"} ${numbers.join(", ")}`,
              done,
              total,
              "steps",
            ),
        },
        runtimeOf(options),
      );
      progress.clear();
      warn(document.models.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)));
      process.stdout.write(json ? `${JSON.stringify(document, null, 1)}\n` : printed(document));
      if (document.interrupted) {
        say("interrupted; claims that were not finished are left out");
        return INTERRUPTED;
      }
      if (out !== undefined) {
        const path = outFile(out, FILE);
        await makeFolder(dirname(path));
        await writeFileAtomically(path, pageFor(path, document));
        if (!json) process.stdout.write(`  -> ${path}\n`);
        if (open) await openFile(path);
      }
      const figures = document.models.flatMap(({ results }) => results.flatMap((result) => result.figures));
      if (figures.some(({ estimate }) => estimate.n > 0)) return 0;
      say("nothing could be measured on this data");
      return 1;
    } finally {
      progress.clear();
    }
  });
}

/** @throws LimnError `bad-option` for an option about data if there is no --data */
function refuseDetails(options: ClaimsOptions): void {
  const detail = (["format", "split", "sample", "pictures", "mapping", "range"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (detail === undefined) return;
  throw new LimnError(
    "bad-option",
    `--${detail} ${options[detail]}: this option is about the data, but without --data, scenes are drawn; give --data, or leave it out`,
  );
}

const COMMAND = "Made by `limn claims`.";

/** The report, as Markdown if the file's name says so. */
const pageFor = (path: string, document: ClaimsDocument): string =>
  extname(path) === ".md" ? claimsPage(COMMAND, [{ title: "Results", document }]) : claimsReport(document);

/** Claim by claim, and model by model, with a line for each figure. */
function printed({ claims, models, conclusion }: ClaimsDocument): string {
  const parts = claims.map(({ number, statement }) => {
    const results = models.flatMap(({ name, results }) =>
      results.filter(({ claim }) => claim === number).map((result) => resultInWords(name, result)),
    );
    return `${number}. ${statement}\n${results.join("")}`;
  });
  return [`${conclusion.says}\n`, ...parts].join("\n");
}

function resultInWords(model: string, { verdict, reason, figures }: ClaimResult): string {
  const rows = figures.map((figure) => [
    `    ${figure.what}`,
    estimateInWords(figure),
    figure.verdict ? `${expectationInWords(figure)}: ${figure.verdict}` : "",
  ]);
  const lines = rows.length > 0 ? table(["    figure", "mean and interval", "claimed"], rows) : "";
  return `  ${model}: ${verdict}${reason ? `: ${reason}` : ""}\n${lines}`;
}

function parseNumbers(text: string): number[] {
  const numbers = parseList(text).map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new InvalidArgumentError("give numbers of claims with commas between them, such as 3,7");
}

const HELP = `
A claim is judged by figures with 95 % bootstrap intervals: it holds if all
intervals lie on the side that the claim says, and does not hold if one lies on
the other side; otherwise nothing can be said. docs/claims.md has the claims,
their sources, the experiments and their results.

Examples:
  $ limn claims
  $ limn claims scenes-resnet --claim 3,7 --count 500
  $ limn claims model.onnx --data val --sample 200 --out claims.html`;
