import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { looksLikeTimm } from "@limn/core";
import * as v from "valibot";
import { readLabels } from "../labels.js";

export const CONFIG = "config.json";
export const PREPROCESSING = "preprocessor_config.json";

/** Files that exporters put next to a model. */
export interface Companions {
  /** Path of a config.json. */
  readonly config?: string;
  /** Path of a config.json that names the classes. */
  readonly labels?: string;
  /** What a config.json says that the classes are: `problem_type` of Hugging Face. */
  readonly scoreFunction?: "sigmoid" | "none";
  /** Path of a preprocessor_config.json, or of timm's config.json, which says the same. */
  readonly preprocessing?: string;
}

/** Looks for such files in a model's folder and, if that is called "onnx", in the folder above it, as on the Hugging Face hub. */
export function companionsOf(model: string): Companions {
  const folder = dirname(model);
  const folders = basename(folder) === "onnx" ? [folder, dirname(folder)] : [folder];
  const find = (name: string) => folders.map((place) => join(place, name)).find((path) => existsSync(path));
  const config = find(CONFIG);
  const says = config && readConfig(config);
  const preprocessing = find(PREPROCESSING) ?? (looksLikeTimm(says) ? config : undefined);
  const scoreFunction = scoreFunctionOf(says);
  return {
    ...(config ? { config } : {}),
    ...(scoreFunction ? { scoreFunction } : {}),
    ...(config && namesClasses(config) ? { labels: config } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
}

const problemSchema = v.object({ problem_type: v.picklist(["multi_label_classification", "regression"]) });

/** The content of a config.json; undefined for one that can't be read, which says nothing. */
function readConfig(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** What a config.json says about the scores; undefined if it says nothing, or what is assumed anyway. */
function scoreFunctionOf(config: unknown): Companions["scoreFunction"] {
  const said = v.safeParse(problemSchema, config);
  if (!said.success) return undefined;
  return said.output.problem_type === "regression" ? "none" : "sigmoid";
}

/** What transformers calls classes that have no names. */
const UNNAMED = /^LABEL_\d+$/;

/** Whether a config.json names classes; many do not. */
function namesClasses(path: string): boolean {
  try {
    return readLabels(path).some((label) => !UNNAMED.test(label));
  } catch {
    return false;
  }
}
