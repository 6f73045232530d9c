import * as v from "valibot";
import { type BackwardPass, gradientFrom } from "./backward.js";
import { checkDefinition } from "./definition.js";
import { LimnError } from "./error.js";
import type { Graph, Value } from "./graph/graph.js";
import type { Model } from "./graph/model.js";
import { rewrite } from "./graph/rewrite.js";
import { type DataType, isFloat, numbersOf, type Shape, sizeOf, type Tensor, tensor } from "./graph/tensor.js";
import type { Operator } from "./ops/operator.js";
import { fixInputs } from "./prepare/fix-input.js";
import { withStoredConstants } from "./prepare/fold-constants.js";
import { toDialect } from "./prepare/prepare.js";
import { type ModelSource, readModel } from "./prepare/read-model.js";
import { toFloat32 } from "./prepare/to-float32.js";
import type { Runtime } from "./session.js";
import { didYouMean } from "./suggest.js";
import { VERSION } from "./version.js";

/** Which gradient is wanted; tensors go by the names in the model's file. */
export interface DifferentiateOptions {
  /** The floating point tensor that is differentiated, usually an output. */
  readonly of: string;
  /**
   * What it is differentiated by: floating point inputs, weights, or tensors in between. Each stands for itself
   * alone, even if another node computes the same.
   */
  readonly by: string | readonly string[];
  /** Whole shapes of inputs whose sizes the file leaves open, by name. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  /** Operators of your own, by name; see `defineOperator`. */
  readonly operators?: Readonly<Record<string, Operator>>;
}

/** A model that gives gradients next to its own outputs; `encodeModel` writes it. */
export interface DifferentiatedModel extends Model {
  /** Name of the input `seed/OF`, of the shape and type of `of`; undefined if `of` is a single number, whose seed is 1. */
  readonly seed: string | undefined;
  /** Name of the output `gradient/BY` for each name in `by`, of the shape and type of `by`. */
  readonly gradients: Readonly<Record<string, string>>;
}

/**
 * Writes the gradient of any model into its graph, by reverse-mode differentiation.
 *
 *   gradient/x = J^T v        J = d of / d x, v = the input seed/OF
 *
 * If `of` is a single number, the seed is 1 and the result is its gradient. A larger tensor has one gradient for each
 * element, and the seed weighs them: ones give the gradient of the sum, a single one among zeros that of one element.
 *
 * The model keeps its inputs and outputs, and its weights stay in their files: load it with the source's `weights`, or
 * encode it with a function that reads them. A model in bfloat16 becomes one in float32. The result can be differentiated again.
 * @throws LimnError `bad-option` for tensors that do not exist or are not floating point, and for missing shapes,
 *   `not-applicable` if `of` does not depend on `by`, `unsupported` with the node that has no gradient, `bad-model` for
 *   damaged files
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
  if (names.length === 0) throw new LimnError("bad-option", "by: it names no tensor; give one or more");
  const file = readModel(source, operators);
  keepApart(file.graph, [of, ...names]);
  const read = withoutBfloat16(withStoredConstants(file), names);

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

const BFLOAT16: ReadonlySet<DataType> = new Set(["bfloat16"]);

/**
 * A model in bfloat16 in float32, since ONNX Runtime has no operators for it, and its JavaScript API no arrays. Weights are
 * cast as they are read, except for those that it is differentiated by, whose gradients have to be float32, too.
 */
function withoutBfloat16(model: Model, by: readonly string[]): Model {
  const constants = new Map<string, Tensor>();
  for (const { name, dtype, dims, initializer } of model.graph.initializers) {
    const numbers = dtype === "bfloat16" && by.includes(name) && numbersOf(initializer as Tensor);
    if (numbers) constants.set(name, tensor("float32", dims, numbers));
  }
  const toInputs = model.graph.initializers.filter(({ name }) => constants.has(name));
  const { graph } = rewrite(model.graph, () => undefined, { toInputs });
  return toFloat32({ ...model, graph: withWeights(graph, constants) }, BFLOAT16);
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
 * The model with two changes: the constants that it is differentiated by become inputs, so that no pass computes with
 * them, and `of` becomes its last output, so that no pass drops it.
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
    input: ({ name, dtype, shape, declared }, target) => {
      const constant = constants.get(name);
      if (constant) return target.addInitializer(name, constant);
      const input = target.addInput(name, dtype, shape);
      if (declared) input.declared = declared;
      return input;
    },
  }).graph;
}

/** @throws LimnError `bad-option` for tensors that are not floats, `unsupported` for what is computed from constants alone */
function differentiable(graph: Graph, name: string): Value {
  const value = graph.outputs.find((output) => output.name === name) ?? graph.names.get(name);
  if (!value) {
    throw new LimnError(
      "unsupported",
      `"${name}" is computed from constants alone, so it is itself constant; name the constants that it is computed from`,
    );
  }
  if (isFloat(value.dtype)) return value;
  throw new LimnError(
    "bad-option",
    `"${name}" is of type ${value.dtype ?? "unknown"}, and only floating point tensors have gradients; name another tensor`,
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
    const hint =
      inputs.length > 0
        ? `it depends on the inputs ${inputs.join(", ")}`
        : "it depends on no input; name another tensor";
    throw new LimnError("not-applicable", `"${of}" does not depend on "${by}"; ${hint}`);
  }
  try {
    return pass.at(x);
  } catch (error) {
    if (!(error instanceof LimnError) || error.code !== "not-applicable") throw error;
    throw new LimnError(
      "not-applicable",
      `"${of}" depends on "${by}" only through piecewise constant operators, such as Round or Greater, so the gradient is zero; name another tensor`,
      { cause: error },
    );
  }
}

/** Gives names that no input or output of the user's model has, each only once. */
function freeNames(graph: Graph, outputs: readonly Value[]): (name: string) => string {
  const taken = new Set([...graph.inputs, ...outputs].map(({ name }) => name));
  return (name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    return free;
  };
}

/** A one in the shape and type of a single number. */
const ones = (y: Value): Value => y.graph.constant(y.dtype ?? "float32", y.dims, [1]);
