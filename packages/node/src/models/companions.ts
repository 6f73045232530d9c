import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readLabels } from "../labels.js";

export const CONFIG = "config.json";
export const PREPROCESSING = "preprocessor_config.json";

/** Files that exporters put next to a model. */
export interface Companions {
  /** Path of a config.json that names the classes. */
  readonly labels?: string;
  /** Path of a preprocessor_config.json. */
  readonly preprocessing?: string;
}

/** Looks for such files in a model's folder and, if that is called "onnx", in the folder above it, as on the Hugging Face hub. */
export function companionsOf(model: string): Companions {
  const folder = dirname(model);
  const folders = basename(folder) === "onnx" ? [folder, dirname(folder)] : [folder];
  const find = (name: string) => folders.map((place) => join(place, name)).find((path) => existsSync(path));
  const labels = find(CONFIG);
  const preprocessing = find(PREPROCESSING);
  return {
    ...(labels && namesClasses(labels) ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
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
