// A whole evaluation as `limn evaluate` makes it, its report too: how much of its processor time the network's runs take.
//
//   node bench/evaluate/whole.mjs MODEL DATA [--methods grad-cam,layer-cam,saliency,lrp] [any other option of limn evaluate]
//
// In one thread, in which ONNX Runtime computes too, so that the processor time of its runs can be told from the rest: on a machine
// that others use as well, it says more than the time that passes. Prints one line of JSON, in seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { main } from "../../packages/cli/dist/main.js";

const [model, data, ...options] = process.argv.slice(2);
const spent = { runs: 0, loading: 0 };

/** Processor seconds of this process so far. */
const now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Adds what a call takes to one of the sums. */
async function counted(kind, call) {
  const before = now();
  try {
    return await call();
  } finally {
    spent[kind] += now() - before;
  }
}

const { create } = InferenceSession;
InferenceSession.create = async (...args) => {
  const session = await counted("loading", () => create.apply(InferenceSession, args));
  const { run } = session;
  session.run = (...feeds) => counted("runs", () => run.apply(session, feeds));
  return session;
};

const folder = mkdtempSync(join(tmpdir(), "limn-whole-"));
try {
  const one = ["--workers", "0", "--threads", "1", "--out", folder, "--quiet"];
  const { write } = process.stdout;
  process.stdout.write = () => true;
  const start = performance.now();
  const code = await main(["evaluate", model, "--data", data, ...one, ...options]);
  process.stdout.write = write;
  if (code !== 0) process.exit(code);
  const all = now();
  const share = { runs: spent.runs / all, loading: spent.loading / all };
  console.log(JSON.stringify({ processor_s: all, passed_s: (performance.now() - start) / 1000, ...spent, share }));
} finally {
  rmSync(folder, { recursive: true });
}
