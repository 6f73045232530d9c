import { basename, extname, resolve } from "node:path";
import { LimnError, type Runtime } from "@limn/core";
import { holdsResults, readResults, runConfusion, tableOf } from "@limn/evaluate";
import { readModelFile } from "@limn/node";
import { keptToken, nameOfModel, nativePlatform, type OfferedResults, serveStudio, Workbench } from "@limn/studio";
import { Command, InvalidArgumentError } from "commander";
import { DATA, type DataOptions, dataChoice, withDataDetails } from "../data-options.js";
import { downloadOptions, findModelFor } from "../find-model.js";
import { findPictures } from "../find-pictures.js";
import { interruptible } from "../interrupt.js";
import { openFile } from "../open-file.js";
import { given, MODEL_ARGUMENT, OUT, parseCountOrNone, providerOption, runtimeOf } from "../options.js";
import { Progress } from "../progress.js";
import { say, warn } from "../say.js";

interface StudioOptions extends Omit<DataOptions, "data"> {
  readonly data?: string;
  readonly port?: number;
  readonly threads?: number;
  readonly workers?: number;
  readonly provider?: string[];
  readonly out: string;
  readonly open?: boolean;
}

export function studioCommand(): Command {
  const command = new Command("studio")
    .argument("[model]", `${MODEL_ARGUMENT} (default: those that come with Limn)`)
    .argument("[picture...]", "pictures, folders and patterns with wildcards")
    .option("--data <data>", `${DATA}; or a folder of limn evaluate or limn confusion`)
    .option("--port <n>", "port of the address, which then stays the same (default: one that is free)", parsePort)
    .option("--open", "open the address in your browser")
    .option("--threads <n>", "threads that ONNX Runtime uses (default: one per core)", parseCountOrNone)
    .option("--workers <n>", "worker threads that classify --data (default: one per core)", parseCountOrNone)
    .addOption(providerOption())
    .option("--out <dir>", `${OUT} of --data; the same command goes on there`, "limn-confusion");
  return withDataDetails(command).addHelpText("after", HELP).action(studio);
}

async function studio(model: string | undefined, photos: string[], options: StudioOptions): Promise<void> {
  const pictures = await picturesOf(photos);
  // what can't be had is said before anything is served
  if (model !== undefined) {
    const { path, name } = await findModelFor(model, options);
    readModelFile(path, name);
  }
  const runtime = runtimeOf(options);
  await interruptible(
    async (signal) => {
      const evaluations =
        options.data === undefined ? [] : [await resultsOf(model, options.data, options, runtime, signal)];
      if (signal.aborted) return;
      const models = [
        ...new Set([...(model === undefined ? [] : [model]), ...evaluations.map(({ source }) => source)]),
      ];
      const { provider } = options;
      const name = `onnxruntime-node${provider ? `, ${provider.join(", ")}` : ""}`;
      const platform = nativePlatform(runtime, { models, pictures, evaluations }, name);
      const { port } = options;
      const server = await serveStudio(
        new Workbench(platform),
        given({ port, token: port ? keptToken(port) : undefined }),
      );
      try {
        process.stdout.write(`${server.address}\n`);
        say("the studio is at this address, for this machine only; Ctrl-C ends it");
        if (options.open) await openFile(server.address);
        await new Promise((end) => signal.addEventListener("abort", end, { once: true }));
      } finally {
        await server.close();
      }
    },
    ["SIGINT", "SIGTERM"],
  );
}

/** @throws LimnError `bad-input` for what is no picture */
async function picturesOf(photos: readonly string[]): Promise<string[]> {
  const { files, missing, leftOut } = await findPictures(photos);
  const [first] = missing;
  if (first) throw new LimnError("bad-input", first.error);
  const tensor = files.find((file) => extname(file).toLowerCase() === ".npy");
  if (tensor !== undefined) {
    throw new LimnError("bad-input", `${tensor}: the studio shows pictures; give limn explain the tensor`);
  }
  if (leftOut) warn([leftOut]);
  return [...files];
}

/** Results that were written before, or those of classifying the data now, as `limn confusion` does. */
async function resultsOf(
  model: string | undefined,
  data: string,
  options: StudioOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<OfferedResults & { readonly source: string }> {
  const progress = new Progress();
  try {
    if (holdsResults(data)) {
      progress.show(`reading ${data}`);
      const { source, ...results } = await readResults(data, runtime);
      return { ...results, name: basename(resolve(data)), model: nameOfModel(source.model), source: source.model };
    }
    if (model === undefined) {
      throw new LimnError(
        "bad-option",
        `--data ${data}: name the model whose mistakes are looked for, before the pictures`,
      );
    }
    const { mapping, threads, workers, provider: providers, out: folder } = options;
    const run = await runConfusion(
      {
        model,
        classifier: {},
        data: dataChoice({ ...options, data }),
        ...given({ mapping, threads, workers, providers }),
        folder,
        signal,
        download: downloadOptions({}, progress).progress,
        onWarning: (warning) => warn([warning]),
        onProgress: ({ done, total }) => progress.bar("classifying", done, total, "pictures"),
      },
      runtime,
    );
    const { items } = await tableOf(run.log);
    return { name: basename(resolve(folder)), model: nameOfModel(model), source: model, subject: run, items, maps: [] };
  } finally {
    progress.clear();
  }
}

const LARGEST_PORT = 65535;

function parsePort(text: string): number {
  const port = parseCountOrNone(text);
  if (port <= LARGEST_PORT) return port;
  throw new InvalidArgumentError(`give a port, 0 to ${LARGEST_PORT}; 0 is one that is free`);
}

const HELP = `
The studio is a page in your browser: drop a model and photos on it, or choose
those that come with it, and ask why. It runs on this machine: nothing leaves
it, nobody else can open the address, and only files that are named here, or
dropped on the page, are read.

Examples:
  $ limn studio --open
  $ limn studio model.onnx photos/*.jpg --open
  $ limn studio scenes-resnet --data scenes:500
  $ limn studio --data limn-confusion`;
