import { runQueueWorker } from "@limn/evaluate";
import { Command, InvalidArgumentError } from "commander";
import { downloadOptions } from "../find-model.js";
import { interruptible } from "../interrupt.js";
import { given, parseCount, parseNumber, providerOption, runtimeOf } from "../options.js";
import { Progress } from "../progress.js";
import { say } from "../say.js";

/** In seconds: a worker may be busy for that long without being dead. */
const SHORTEST_LEASE = 1;

interface WorkerOptions {
  readonly queue: string;
  readonly workers?: number;
  readonly threads?: number;
  readonly provider?: string[];
  readonly lease?: number;
}

export const workerCommand = (): Command =>
  new Command("worker")
    .requiredOption("--queue <url>", "the Redis server, as redis://host:6379, or rediss:// for TLS")
    .option("--workers <n>", "worker threads, each with a copy of the model (default: one per core)", parseCount)
    .option(
      "--threads <n>",
      "threads that one operator uses (default: the number of cores divided by the workers)",
      parseCount,
    )
    .addOption(providerOption())
    .option(
      "--lease <seconds>",
      "after how long others take over the pictures of a worker that does not answer any more (default: 10)",
      parseLease,
    )
    .addHelpText("after", HELP)
    .action(work);

function work(options: WorkerOptions): Promise<void> {
  const { queue, workers, threads, provider: providers, lease } = options;
  const progress = new Progress();
  return interruptible(
    async (signal) => {
      try {
        const pictures = await runQueueWorker(
          {
            queue,
            ...given({ workers, threads, providers, lease }),
            signal,
            onReady: (address) => say(`worker at ${address}: ready`),
            onProgress: (pictures) => progress.bar("measured", pictures, undefined, "pictures"),
            onNotice: say,
            download: downloadOptions({}, progress).progress,
          },
          runtimeOf(options),
        );
        say(`worker ended, ${pictures} pictures measured`);
      } finally {
        progress.clear();
      }
    },
    ["SIGINT", "SIGTERM"],
  );
}

function parseLease(text: string): number {
  const seconds = parseNumber(text);
  if (seconds >= SHORTEST_LEASE) return seconds;
  throw new InvalidArgumentError(`give a number of seconds, ${SHORTEST_LEASE} or more`);
}

const HELP = `
Models and data are opened by the names that the evaluation gives them: an
address, an absolute path, or a path relative to the folder in which the worker
is started. Their hashes are checked. After Ctrl-C, the worker finishes the
pictures that it has begun. See docs/queue.md.

Example, on two machines:
  $ limn evaluate model.onnx --data val --method grad-cam,relevance-cam --queue redis://10.0.0.1:6379
  $ limn worker --queue redis://10.0.0.1:6379`;
