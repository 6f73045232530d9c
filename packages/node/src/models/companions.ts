import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { COMPANIONS, modelConfigIn } from "@limn/core";

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
  const config = find(COMPANIONS.config);
  const says =
    config === undefined ? undefined : modelConfigIn({ name: config, text: () => readFileSync(config, "utf8") });
  const preprocessing = find(COMPANIONS.preprocessing) ?? (says?.preprocesses ? config : undefined);
  return {
    ...(config ? { config } : {}),
    ...(says?.scoreFunction ? { scoreFunction: says.scoreFunction } : {}),
    ...(config && says?.namesClasses ? { labels: config } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
}
