import { readFileSync } from "node:fs";
import { LimnError, reasonOf, type TextClasses } from "@limn/core";
import * as v from "valibot";
import { readNpy } from "./npy.js";
import { readText } from "./read-input.js";

/** Classes of an image encoder, with what a file or the model's configuration says of them. */
export interface NamedTextClasses {
  readonly classes: TextClasses;
  /** Undefined if the file has none, as .npy files. */
  readonly names: readonly string[] | undefined;
  /** `sigmoid` for models such as SigLIP, whose classes are questions of their own. */
  readonly scoreFunction: "sigmoid" | undefined;
  readonly warnings: readonly string[];
}

/**
 * Reads the embeddings of texts that say what the classes of an image encoder are.
 * @param path of a .npy file, [classes, D]; or of JSON: `{ "cat": [0.1, ...], "dog": [...] }`, or
 *   `{ "names": ["cat", "dog"], "embeddings": [[0.1, ...], [...]], "logit_scale": 4.6052, "logit_bias": 0 }`
 * @param config path of the model's config.json, for the scale and bias that the file does not give
 * @throws LimnError `bad-input` that names the file and what is wrong with it
 */
export function readTextClasses(path: string, config?: string): NamedTextClasses {
  const { embeddings, names, unread = [], ...own } = path.endsWith(".npy") ? fromNpy(path) : fromJson(path);
  if (embeddings.length === 0) {
    throw new LimnError("bad-input", `${path}: it has no embeddings; give one for each class`);
  }
  const model = config === undefined ? {} : configOf(config);
  const logScale = own.logit_scale ?? model.logit_scale;
  const bias = own.logit_bias ?? model.logit_bias;
  const initial = logScale === undefined ? model.logit_scale_init_value : undefined;
  const scale = logScale ?? initial;
  return {
    classes: {
      name: path,
      embeddings,
      ...(scale === undefined ? {} : { scale: Math.exp(scale) }),
      ...(bias === undefined ? {} : { bias }),
    },
    names,
    scoreFunction: model.model_type?.startsWith("siglip") || bias ? "sigmoid" : undefined,
    warnings: [
      ...unread.map((key) => `${path}: "${key}" is not read; read are ${Object.keys(listSchema.entries).join(", ")}`),
      ...(initial === undefined
        ? []
        : [
            `${config}: logit_scale_init_value is the scale with which training began, and may not be the model's own; if the probabilities look flat, write the trained "logit_scale" ${path.endsWith(".npy") ? "into a .json file of the embeddings" : `into ${path}`}`,
          ]),
    ],
  };
}

/** What has the names of the model's parameters, `logit_scale` being a logarithm. */
interface Written {
  readonly embeddings: readonly ArrayLike<number>[];
  readonly names: readonly string[] | undefined;
  readonly logit_scale?: number | undefined;
  readonly logit_bias?: number | undefined;
  /** Keys of the file that mean nothing. */
  readonly unread?: readonly string[];
}

function fromNpy(path: string): Written {
  const { dims, data } = readNpy(path);
  const [classes = 0, width = 0] = dims;
  if (dims.length !== 2) {
    throw new LimnError(
      "bad-input",
      `${path}: its shape is [${dims.join(", ")}]; save one row for each class, [classes, numbers]`,
    );
  }
  const row = (_: unknown, index: number) => (data as Float32Array).subarray(index * width, (index + 1) * width);
  return { embeddings: Array.from({ length: classes }, row), names: undefined };
}

const embedding = v.array(v.number());
const listSchema = v.looseObject({
  names: v.array(v.string()),
  embeddings: v.array(embedding),
  logit_scale: v.optional(v.number()),
  logit_bias: v.optional(v.number()),
});
const byNameSchema = v.record(v.string(), embedding);

const FORM = '{ "cat": [0.1, ...], "dog": [...] } or { "names": ["cat", "dog"], "embeddings": [[0.1, ...], [...]] }';

function fromJson(path: string): Written {
  const fail = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${path}: ${reason}`, { cause });
  };
  let json: unknown;
  try {
    json = JSON.parse(readText(path, "embeddings of texts, .npy or .json"));
  } catch (error) {
    if (error instanceof LimnError) throw error;
    return fail(`not JSON (${reasonOf(error)}); give ${FORM}, or a .npy file`, error);
  }
  const list = v.safeParse(listSchema, json);
  if (list.success) {
    const { names, embeddings, logit_scale, logit_bias, ...others } = list.output;
    if (names.length !== embeddings.length) {
      return fail(`it has ${names.length} names for ${embeddings.length} embeddings; give one for each`);
    }
    return { names, embeddings, logit_scale, logit_bias, unread: Object.keys(others) };
  }
  const byName = v.safeParse(byNameSchema, json);
  if (!byName.success) return fail(`these are not embeddings by name; give ${FORM}`);
  return { names: Object.keys(byName.output), embeddings: Object.values(byName.output) };
}

const configSchema = v.object({
  model_type: v.fallback(v.optional(v.string()), undefined),
  logit_scale: v.fallback(v.optional(v.number()), undefined),
  logit_bias: v.fallback(v.optional(v.number()), undefined),
  logit_scale_init_value: v.fallback(v.optional(v.number()), undefined),
});

/** What a config.json says of the logits; one that can't be read says nothing, and is complained of elsewhere. */
function configOf(path: string): Partial<v.InferOutput<typeof configSchema>> {
  try {
    return v.parse(configSchema, JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}
