import * as v from "valibot";
import { type BackwardPass, gradientFrom } from "./backward.js";
import { checkDefinition } from "./definition.js";
import { LimnError } from "./error.js";
import type { Graph, Value } from "./graph/graph.js";
import type { Model } from "./graph/model.js";
import { rewrite } from "./graph/rewrite.js";
import { isFloat, type Shape, sizeOf, type Tensor } from "./graph/tensor.js";
import type { Operator } from "./ops/operator.js";
import { fixInputs } from "./prepare/fix-input.js";
import { withStoredConstants } from "./prepare/fold-constants.js";
import { toDialect } from "./prepare/prepare.js";
import { type ModelSource, readModel } from "./prepare/read-model.js";
import type { Runtime } from "./session.js";
import { didYouMean } from "./suggest.js";
import { VERSION } from "./version.js";

/** Which gradient is wanted, in the names of the model's file. */
export interface DifferentiateOptions {
  /** The floating point tensor that is differentiated, usually an output. */
  readonly of: string;
  /**
   * What it is differentiated by: floating point inputs, weights, or tensors on the way. Each stands for itself alone, also
   * where another node computes the same.
   */
  readonly by: string | readonly string[];
  /** Whole shapes of inputs whose sizes the file leaves open, by name. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  /** Operators of your own, by name; see `defineOperator`. */
  readonly operators?: Readonly<Record<string, Operator>>;
}

/** A model that gives gradients next to all that it gave before; `encodeModel` writes it. */
export interface DifferentiatedModel extends Model {
  /** The input `seed/OF`, of the shape and type of `of`; undefined where `of` is a single number, whose seed is 1. */
  readonly seed: string | undefined;
  /** The output `gradient/BY` for each of `by`, of its shape and type. */
  readonly gradients: Readonly<Record<string, string>>;
}

/**
 * Writes the gradient of any model into its graph, by reverse-mode differentiation.
 *
 *   gradient/x = J^T v        J = d of / d x, v = the input seed/OF
 *
 * A single number has the seed 1, so that what comes out is its gradient. A tensor has as many gradients as elements;
 * the seed weighs them: ones give the gradient of the sum, a one among zeros that of one element.
 *
 * The model keeps its inputs and outputs, and the weights stay where they are: load it with the source's `weights`, or
 * encode it with a function that reads them. A file of the result can be differentiated again.
 * @throws LimnError `bad-option` for tensors that there are not or that are no floats, and for missing shapes,
 *   `not-applicable` where `of` does not depend on `by`, `unsupported` naming the node that has no gradient, `bad-model`
 *   for damaged files
 * @example
 * const source = readModelFile("loss.onnx");
 * const model = await differentiate(source, runtime, { of: "loss", by: ["x", "W"] });
 * const session = await openSession(model, runtime, { weights: source.weights });
 * const { "gradient/W": dW } = await session.run({ x }, ["gradient/W"]);
 */
export async function differentiate(
  source: ModelSource,
  runtime: Runtime,
  options: DifferentiateOptions,
): Promise<DifferentiatedModel> {
  checkDefinition("differentiate", options, OPTIONS);
  const { of, by, inputShapes = {}, operators } = options;
  const names = [...new Set([by].flat())];
  if (names.length === 0) throw new LimnError("bad-option", "by: no tensor is named; give one or more");
  const file = readModel(source, operators);
  keepApart(file.graph, [of, ...names]);
  const read = withStoredConstants(file);

  const fixed = fixInputs(read, inputShapes);
  const { model: open, constants } = withWeightsOpen(fixed, of, names);
  const dialect = await toDialect(open, runtime, source.weights);
  const { graph } = dialect;
  const y = differentiable(graph, of);
  const own = graph.outputs.slice(0, fixed.graph.outputs.length);
  const free = freeNames(graph, own);

  const seed = sizeOf(y.dims) === 1 ? undefined : free(`seed/${of}`);
  const dy = seed === undefined ? ones(y) : graph.addInputNamed(seed, y.dtype, y.dims);
  const pass = gradientFrom(y, dy);
  const found = names.map((name): [string, Value] => [name, gradientAt(pass, y, graph, { of, by: name })]);

  graph.outputs.splice(0, graph.outputs.length, ...own);
  const gradients: Record<string, string> = {};
  for (const [name, gradient] of found) {
    gradients[name] = free(`gradient/${name}`);
    graph.addOutputNamed(gradients[name], gradient);
  }
  const metadata = new Map(dialect.metadata)
    .set("limn.version", VERSION)
    .set("limn.gradient", JSON.stringify({ of, seed: seed ?? null, gradients }));
  return { ...dialect, graph: withWeights(graph, constants), producer: "limn", metadata, seed, gradients };
}

const SHAPE = "give a list of whole numbers, such as [1, 10]";

const OPTIONS = {
  of: v.string("give a tensor's name"),
  by: v.union([v.string(), v.array(v.string("give a tensor's name"))], "give a tensor's name, or a list of names"),
  inputShapes: v.optional(
    v.record(
      v.string(),
      v.array(v.number(SHAPE), SHAPE),
      'give a shape by each input\'s name, such as { "x": [1, 10] }',
    ),
  ),
  operators: v.optional(v.any()),
};

/**
 * Sees to it that no equal node takes the place of one whose output is asked for: of a = Exp(x) and b = Exp(x), a + b
 * depends on each alone.
 * @throws LimnError `bad-option` with near matches
 */
function keepApart(graph: Graph, names: readonly string[]): void {
  for (const { producer } of names.map((name) => known(graph, name))) if (producer) producer.apart = true;
}

/** @throws LimnError `bad-option` with near matches */
function known(graph: Graph, name: string): Value {
  const value = graph.outputs.find((output) => output.name === name) ?? graph.names.get(name);
  if (value) return value;
  const tensors = [...graph.inputs, ...graph.outputs].map((v) => v.name);
  const hint = didYouMean(name, graph.names.keys()) || `its inputs and outputs are ${tensors.join(", ")}`;
  throw new LimnError("bad-option", `the model has no tensor "${name}"; ${hint}`);
}

/**
 * The model with the constants that it is differentiated by as inputs, so that no pass computes with them, and with `of`
 * as its last output, so that none leaves it out.
 */
function withWeightsOpen(model: Model, of: string, by: readonly string[]) {
  const weights = by.map((name) => known(model.graph, name)).filter(({ initializer }) => initializer);
  const constants = new Map(weights.map(({ name, initializer }) => [name, initializer as Tensor]));
  const y = known(model.graph, of);
  const outputs = model.graph.outputs.includes(y) ? model.graph.outputs : [...model.graph.outputs, y];
  const { graph } = rewrite(model.graph, () => undefined, { outputs, toInputs: [...new Set(weights)] });
  return { model: { ...model, graph }, constants };
}

/** The graph without what no output needs, and with its weights again. */
function withWeights(graph: Graph, constants: ReadonlyMap<string, Tensor>): Graph {
  return rewrite(graph, () => undefined, {
    input: ({ name, dtype, shape }, target) => {
      const constant = constants.get(name);
      return constant ? target.addInitializer(name, constant) : target.addInput(name, dtype, shape);
    },
  }).graph;
}

/** @throws LimnError `bad-option` for tensors that are no floats, `unsupported` for what is computed from constants alone */
function differentiable(graph: Graph, name: string): Value {
  const value = graph.outputs.find((output) => output.name === name) ?? graph.names.get(name);
  if (!value) {
    throw new LimnError(
      "unsupported",
      `"${name}" is computed from constants alone, and is one by now; name the constants that it is computed from`,
    );
  }
  if (isFloat(value.dtype)) return value;
  throw new LimnError(
    "bad-option",
    `"${name}" is of type ${value.dtype ?? "unknown"}, and gradients are of and by floating point tensors; name another one`,
  );
}

function gradientAt(
  pass: BackwardPass,
  y: Value,
  graph: Graph,
  { of, by }: { readonly of: string; readonly by: string },
): Value {
  const x = differentiable(graph, by);
  if (!graph.dependents([x]).has(y)) {
    const inputs = graph.inputs.filter((input) => graph.dependents([input]).has(y)).map(({ name }) => `"${name}"`);
    const hint = inputs.length > 0 ? `of the inputs it depends on ${inputs.join(", ")}` : "it depends on no input";
    throw new LimnError("not-applicable", `"${of}" does not depend on "${by}"; ${hint}`);
  }
  try {
    return pass.at(x);
  } catch (error) {
    if (!(error instanceof LimnError) || error.code !== "not-applicable") throw error;
    throw new LimnError(
      "not-applicable",
      `"${of}" depends on "${by}" only through operators that are constant between their steps, such as Round or Greater: the gradient is zero wherever there is one; name another tensor`,
      { cause: error },
    );
  }
}

/** Names that neither an input nor an output of the user's model has, and that are given once. */
function freeNames(graph: Graph, outputs: readonly Value[]): (name: string) => string {
  const taken = new Set([...graph.inputs, ...outputs].map(({ name }) => name));
  return (name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    return free;
  };
}

/** Of a single number's shape and type. */
const ones = (y: Value): Value => y.graph.constant(y.dtype ?? "float32", y.dims, [1]);
