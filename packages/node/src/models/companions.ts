import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { readLabels } from "../labels.js";

export const CONFIG = "config.json";
export const PREPROCESSING = "preprocessor_config.json";

/** What exporters put beside a model. */
export interface Companions {
  /** Path of a config.json that names the classes. */
  readonly labels?: string;
  /** What a config.json says that the classes are: `problem_type` of Hugging Face. */
  readonly scoreFunction?: "sigmoid" | "none";
  /** Path of a preprocessor_config.json. */
  readonly preprocessing?: string;
}

/** Looks for a model's companions in its folder, and above a folder "onnx", as on the Hugging Face hub. */
export function companionsOf(model: string): Companions {
  const folder = dirname(model);
  const folders = basename(folder) === "onnx" ? [folder, dirname(folder)] : [folder];
  const find = (name: string) => folders.map((place) => join(place, name)).find((path) => existsSync(path));
  const labels = find(CONFIG);
  const preprocessing = find(PREPROCESSING);
  const scoreFunction = labels && scoreFunctionOf(labels);
  return {
    ...(scoreFunction ? { scoreFunction } : {}),
    ...(labels && namesClasses(labels) ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
}

const problemSchema = z.object({ problem_type: z.enum(["multi_label_classification", "regression"]) });

/** What a config.json says of the scores; undefined where it says nothing, or what is assumed anyway. */
function scoreFunctionOf(path: string): Companions["scoreFunction"] {
  try {
    const { problem_type: problem } = problemSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    return problem === "regression" ? "none" : "sigmoid";
  } catch {
    return undefined;
  }
}

/** What transformers calls classes that nobody has named. */
const UNNAMED = /^LABEL_\d+$/;

/** Whether a config.json names classes; many say other things only. */
function namesClasses(path: string): boolean {
  try {
    return readLabels(path).some((label) => !UNNAMED.test(label));
  } catch {
    return false;
  }
}
