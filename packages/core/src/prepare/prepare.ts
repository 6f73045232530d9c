import type { Value } from "../graph/graph.js";
import { type Model, opsetOf } from "../graph/model.js";
import type { Runtime, Weights } from "../session.js";
import { dropCeilMode } from "./drop-ceil-mode.js";
import { followShapes } from "./follow-shapes.js";
import { inferTypes } from "./infer-types.js";
import { preferUnsigned } from "./prefer-unsigned.js";
import { resolveAutoPad } from "./resolve-auto-pad.js";
import { takeApart } from "./take-apart.js";
import { takeBranches } from "./take-branches.js";
import { unroll } from "./unroll.js";
import { checkOpset, upgradeOpset } from "./upgrade-opset.js";

/** Branches and poolings that hang on each other; real models take two or three rounds. */
const ROUNDS = 16;

/** ONNX Runtime 1.30 can't load models of a newer opset, so it can't infer their types before the upgrade. */
const NEWEST_LOADED = 26;

/**
 * Resolves types, shapes and constants of a model whose inputs have static shapes, and brings it to
 * Limn's dialect.
 *
 * Ensures: operator set 21, with one form of each operator; explicit pads; static shapes where they exist; no shape
 * arithmetic, and no branches or loops that depend on it.
 * @throws LimnError `unsupported` for operator sets and forms that Limn can't read, `bad-model` for models that are not
 *   valid
 */
export async function toDialect(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  checkOpset(model);
  const resolved = opsetOf(model) > NEWEST_LOADED ? model : await resolve(model, runtime, weights);
  let current = await resolve(upgradeOpset(resolved), runtime, weights);
  // what ONNX Runtime infers no shapes through is taken apart one after the other
  for (let whole = await takeApart(current); whole !== current; whole = await takeApart(current)) {
    current = await resolve(whole, runtime, weights);
  }
  return resolveAutoPad(preferUnsigned(current));
}

async function resolve(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  let current = model;
  for (let round = 0; round < ROUNDS; round++) {
    const simpler = unroll(takeBranches(dropCeilMode(await followShapes(current, runtime, weights))));
    if (simpler === current && !(await learns(current, runtime))) break;
    current = dropCeilMode(simpler);
  }
  return current;
}

/** Shows ONNX Runtime everything that is open at once. @returns whether it knows more of it */
async function learns(model: Model, runtime: Runtime): Promise<boolean> {
  const isOpen = (v: Value | undefined): v is Value => v !== undefined && !(v.dtype && v.shape);
  const open = model.graph.nodes.flatMap((node) => node.outputs.filter(isOpen));
  await inferTypes(model, open, runtime);
  return !open.every(isOpen);
}
