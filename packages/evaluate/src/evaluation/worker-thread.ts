import { parentPort, workerData } from "node:worker_threads";
import { LimnError, reasonOf } from "@limn/core";
import { onnxRuntime } from "@limn/node";
import { Evaluator } from "./evaluator.js";
import { subjectFor } from "./identity.js";
import type { Answer, Order } from "./thread-messages.js";

// The program of a worker thread: it opens its own sessions, and measures each chunk that it is sent.

const { settings, wanted, threads, providers } = workerData as Order;
const port = parentPort;
if (!port) throw new Error("this is the program of a worker thread, and does not run by itself");

const answer = (message: Answer) => port.postMessage(message);
const failure = (error: unknown) => ({
  code: error instanceof LimnError ? error.code : ("runtime" as const),
  message: error instanceof LimnError ? error.message : reasonOf(error),
});

try {
  const runtime = onnxRuntime({ threads, ...(providers ? { executionProviders: providers } : {}) });
  const evaluator = await Evaluator.open(settings, runtime, await subjectFor(settings, wanted, runtime));
  port.on("message", async (chunk: number | "end") => {
    if (chunk === "end") {
      await evaluator.release();
      port.close();
      return;
    }
    try {
      answer({ chunk, items: await evaluator.measure(chunk) });
    } catch (error) {
      answer({ chunk, ...failure(error) });
    }
  });
  answer("ready");
} catch (error) {
  answer({ chunk: undefined, ...failure(error) });
}
