import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const LIMN = fileURLToPath(new URL("../../packages/cli/bin/limn.js", import.meta.url));

/** Starts the command line program, whose messages go to the terminal where `aloud` is set. */
export const startLimn = (args, { aloud = false } = {}) =>
  spawn(process.execPath, [LIMN, ...args], { stdio: ["ignore", "ignore", aloud ? "inherit" : "ignore"] });

/** @returns what it was ended by: an exit code, or the name of a signal */
export async function endOf(child) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
}

/**
 * Kills a program if it has not ended by then.
 * @returns as `endOf` does
 */
export async function endWithin(child, milliseconds) {
  const timer = new AbortController();
  const waiting = setTimeout(milliseconds, undefined, { signal: timer.signal }).then(
    () => child.kill("SIGKILL"),
    () => {},
  );
  const end = await endOf(child);
  timer.abort();
  await waiting;
  return end;
}

/** What the command line says of a soak; `folder` is a new one for its results. */
export function soakOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      pictures: { type: "string", default: "48" },
      folder: { type: "string" },
    },
  });
  if (values.folder) mkdirSync(values.folder, { recursive: true });
  return {
    runs: Number(values.runs),
    pictures: Number(values.pictures),
    random: randomNumbers(Number(values.seed)),
    folder: mkdtempSync(join(values.folder ?? tmpdir(), "limn-soak-")),
  };
}

/** @returns a function that gives the next of a row of numbers from 0 to 1, the same for the same seed */
function randomNumbers(seed) {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** What an evaluation leaves beside its log. */
const RESULTS = ["evaluation.json", "rows.csv", "rows.parquet", "report.html"];

/** Names of the files of two evaluations that are not the same, byte for byte. */
export const differingFiles = (folder, other) =>
  RESULTS.filter((name) => !readFileSync(join(folder, name)).equals(readFileSync(join(other, name))));

/** What is wrong with an evaluation's log: chunks that are missing, or there more than once. */
export function flawsOf(folder, chunks) {
  const times = new Map();
  for (const { chunk } of chunksIn(folder)) times.set(chunk, (times.get(chunk) ?? 0) + 1);
  const flaws = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    if (times.get(chunk) !== 1) flaws.push(`chunk ${chunk} is there ${times.get(chunk) ?? 0} times`);
  }
  return flaws;
}

/** The chunks that a log holds, in its order. */
export const chunksIn = (folder) =>
  readFileSync(join(folder, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((line) => "chunk" in line);
