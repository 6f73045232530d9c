import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readLabels } from "../labels.js";

export const CONFIG = "config.json";
export const PREPROCESSING = "preprocessor_config.json";

/** What exporters put beside a model. */
export interface Companions {
  /** Path of a config.json that names the classes. */
  readonly labels?: string;
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
  return {
    ...(labels && namesClasses(labels) ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
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
