import { LimnError, type Runtime, VERSION } from "@limn/core";
import { EMBEDDED_MODELS } from "@limn/models";
import { openClassifier } from "@limn/node";
import { modelHash } from "../evaluation/identity.js";
import type { EvaluationSettings } from "../evaluation/settings.js";
import type { Claim } from "./claim.js";
import { claimsConclusion } from "./conclude.js";
import type { ClaimsDocument, TestedModel } from "./document.js";
import { claims } from "./registry.js";
import { Tester, type TesterOptions, type TesterProgress } from "./tester.js";
import { RULE } from "./verdict.js";

/** What `testClaims` takes. */
export interface ClaimsOptions extends Omit<TesterOptions, "onProgress"> {
  /** Models by any name that `findModel` knows; each is tested by itself. Default: the embedded models, which know the classes of scenes. */
  readonly models?: readonly string[];
  /** Labels, preprocessing and the like, for all models. */
  readonly classifier?: EvaluationSettings["classifier"];
  /** Numbers of the claims that are tested. Default: all. */
  readonly claims?: readonly number[];
  readonly onProgress?: (progress: ClaimsProgress) => void;
}

export interface ClaimsProgress extends TesterProgress {
  readonly model: string;
}

/**
 * Tests claims of the literature about explanations on models and pictures. If a claim can't be tested on a model or its
 * pictures, its result says why; if the signal aborts the work, claims that are not done are left out.
 * @param runtime of the calling thread, in which everything runs
 * @throws LimnError `bad-option` for a number that no claim has, and for models without data that are not embedded;
 *   otherwise as `openClassifier` and `openData` do
 * @example
 * const document = await testClaims({ claims: [3, 7], target: "label", count: 200, seed: 0 }, onnxRuntime());
 * document.models[0]?.results.map(({ claim, verdict }) => `${claim}: ${verdict}`); // ["3: holds", ...]
 */
export async function testClaims(options: ClaimsOptions, runtime: Runtime): Promise<ClaimsDocument> {
  const { data, target, count, seed, signal, onProgress, download } = options;
  const chosen = chosenClaims(options.claims);
  const models = chosenModels(options);
  const tested: TestedModel[] = [];
  for (const model of models) {
    if (signal?.aborted) break;
    const opened = await openClassifier(model, runtime, {
      ...options.classifier,
      ...(download ? { progress: download } : {}),
    });
    const { name, path } = opened.found;
    if (!opened.classifier.hasProbabilities) {
      throw new LimnError(
        "not-applicable",
        `${name}: the model gives values and no probabilities, which claims are about; use limn evaluate`,
      );
    }
    const tester = new Tester(
      opened,
      { ...options, onProgress: (progress) => onProgress?.({ model: name, ...progress }) },
      runtime,
    );
    try {
      await tester.test(chosen);
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
    }
    const results = tester.results.toSorted((a, b) => a.claim - b.claim);
    tested.push({ name, sha256: await modelHash(path), warnings: [...tester.warnings], results });
  }
  const told = chosen.map(({ number, statement, source, experiment }) => ({ number, statement, source, experiment }));
  return {
    limn: VERSION,
    conclusion: claimsConclusion({ claims: told, models: tested }),
    rule: RULE,
    settings: { target, ...(data ? {} : { count, seed }) },
    interrupted: signal?.aborted === true,
    claims: told,
    models: tested,
  };
}

function chosenModels({ models = [], data }: Pick<ClaimsOptions, "models" | "data">): readonly string[] {
  const stranger = models.find((model) => !Object.hasOwn(EMBEDDED_MODELS, model));
  if (!data && stranger !== undefined) {
    throw new LimnError(
      "bad-option",
      `${stranger}: without data, claims are tested on scenes, and only the embedded models know their classes; give pictures of this model's classes with --data`,
    );
  }
  if (data && models.length === 0) {
    throw new LimnError(
      "bad-option",
      `${data.data}: no model is named that could be tested on this data; name one or more`,
    );
  }
  return models.length > 0 ? models : Object.keys(EMBEDDED_MODELS);
}

function chosenClaims(numbers: readonly number[] | undefined): readonly Claim[] {
  const unknown = numbers?.find((number) => !claims.some((claim) => claim.number === number));
  if (unknown === undefined) return claims.filter(({ number }) => numbers?.includes(number) ?? true);
  throw new LimnError("bad-option", `claim ${unknown}: no claim has this number; give 1 to ${claims.length}`);
}
