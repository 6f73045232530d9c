import type { Model } from "../graph/model.js";
import type { Runtime, Weights } from "../session.js";
import { foldConstants } from "./fold-constants.js";
import { inferTypes } from "./infer-types.js";
import { upgradeOpset } from "./upgrade-opset.js";

/** Shape arithmetic can wait for shapes that wait for shape arithmetic; real models need two or three rounds. */
const ROUNDS = 16;

/**
 * Resolves types, shapes and constants of a model whose inputs have static shapes, and brings it to
 * Limn's dialect.
 *
 * Ensures: operator set 21 in one form of each operator; every value that has a static shape has it; shape
 * arithmetic is gone.
 */
export async function toDialect(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  const resolved = await resolve(model, runtime, weights);
  return resolve(upgradeOpset(resolved), runtime, weights);
}

async function resolve(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  let current = model;
  for (let round = 0; round < ROUNDS; round++) {
    await inferTypes(current, runtime);
    const folded = await foldConstants(current, runtime, weights);
    if (folded === current) break;
    current = folded;
  }
  return current;
}
