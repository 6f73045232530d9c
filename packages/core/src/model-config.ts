import * as v from "valibot";
import { classesIn } from "./labels/labels.js";
import { looksLikeTimm } from "./preprocess/timm.js";
import type { TextFile } from "./text-file.js";

/** What the files are called that exporters put next to a model. */
export const COMPANIONS = { config: "config.json", preprocessing: "preprocessor_config.json" } as const;

/** What a config.json that comes with a model says of it. */
export interface ModelConfig {
  /** Whether it names the classes, so that `labelsIn` reads them. */
  readonly namesClasses: boolean;
  /** Whether it says how pictures are prepared, as timm's does, so that `preprocessingFor` reads it. */
  readonly preprocesses: boolean;
  /** What it says that the classes are: `problem_type` of Hugging Face. */
  readonly scoreFunction: "sigmoid" | "none" | undefined;
}

/** Reads a config.json. One that can't be read says nothing. */
export function modelConfigIn(file: TextFile): ModelConfig {
  let json: unknown;
  try {
    json = JSON.parse(file.text());
  } catch {
    return { namesClasses: false, preprocesses: false, scoreFunction: undefined };
  }
  return { namesClasses: namesClasses(file), preprocesses: looksLikeTimm(json), scoreFunction: scoreFunctionIn(json) };
}

/** What transformers calls classes that have no names. */
const UNNAMED = /^LABEL_\d+$/;

function namesClasses(file: TextFile): boolean {
  try {
    return classesIn(file).some(({ name }) => !UNNAMED.test(name));
  } catch {
    return false;
  }
}

const problemSchema = v.object({ problem_type: v.picklist(["multi_label_classification", "regression"]) });

/** Undefined if it says nothing, or what is assumed anyway. */
function scoreFunctionIn(config: unknown): ModelConfig["scoreFunction"] {
  const said = v.safeParse(problemSchema, config);
  if (!said.success) return undefined;
  return said.output.problem_type === "regression" ? "none" : "sigmoid";
}
