import { parseArgs } from "node:util";
import { mapValues } from "./numbers.mjs";

const COMMON = { python: "python3", cache: ".cache/bench", threads: "2", rounds: "10" };

/**
 * What a benchmark is told on the command line.
 * @param own its options in addition to the common ones, or instead of them: their values where nothing is said
 * @returns the options' values, and names of models: `models` where none is named
 */
export function readArguments(models, own) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: mapValues({ ...COMMON, ...own }, (value) => ({ type: "string", default: value })),
  });
  return { values, names: positionals.length > 0 ? positionals : models };
}
