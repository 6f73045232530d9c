import { told } from "./definition.js";
import { LimnError, reasonOf } from "./error.js";
import { type Node, Value } from "./graph/graph.js";
import { relu, sumOf, unbroadcast } from "./graph/math.js";
import { broadcastShapes } from "./graph/shapes.js";
import { nonNegativity } from "./non-negative.js";
import { inputName, isPiecewiseConstant, isStop, type Wires } from "./ops/operator.js";
import { calling, factOf, isOwn, nameAt, operatorOf } from "./ops/registry.js";

/** What one node passes back: the cotangent of its input `index`, given those of its outputs; undefined if there is none. */
export type Step = (node: Node, index: number, cotangents: readonly (Value | undefined)[]) => Value | undefined;

/**
 * A backward pass: carries a seed from one or more values of a graph back to any value that they depend on, one step
 * per node. It remembers results, so that asking for several values (or from several methods) walks each node once.
 */
export class BackwardPass {
  readonly #seeds: ReadonlyMap<Value, Value>;
  readonly #step: Step;
  readonly #scope: string;
  readonly #cotangents = new Map<Value, Value>();
  readonly #relevant: ReadonlySet<Node>;
  readonly #consumers: ReadonlyMap<Value, readonly Node[]>;

  /**
   * @param seeds the values at which the pass starts, usually the logits, and the cotangent of each, in its shape
   * @param scope what the names of the nodes it writes start with
   */
  constructor(seeds: ReadonlyMap<Value, Value>, step: Step, scope: string) {
    this.#seeds = seeds;
    this.#step = step;
    this.#scope = scope;
    const [start] = seeds.keys();
    if (!start) throw new Error("a backward pass needs a seed");
    this.#relevant = new Set(start.graph.ancestors(seeds.keys()));
    this.#consumers = start.graph.consumers();
  }

  /** What has arrived at a value by now; undefined if no value asked for so far lies upstream of it. */
  known(value: Value): Value | undefined {
    return this.#cotangents.get(value);
  }

  /** The values that `at(value)` passes on its way, from the seed to `value`, with what arrives at each. */
  trace(value: Value): { value: Value; cotangent: Value }[] {
    this.at(value);
    const between = new Set<Value>([value]);
    for (const node of value.graph.descendants([value])) {
      if (this.#relevant.has(node)) for (const output of node.outputs) if (output) between.add(output);
    }
    return [...between].reverse().flatMap((v) => {
      const cotangent = this.#cotangents.get(v);
      return cotangent ? [{ value: v, cotangent }] : [];
    });
  }

  /**
   * What arrives at a value, in its shape.
   * @throws LimnError `not-applicable` if the score does not depend on it, `unsupported` if an operator on the way has
   *   no rule
   */
  at(value: Value): Value {
    const known = this.#cotangents.get(value);
    if (known) return known;
    const path = value.graph.descendants([value]).filter((node) => this.#relevant.has(node));
    // last node first: when a node's turn comes, all readers of its outputs have had theirs
    for (const node of path.reverse()) {
      for (const output of node.outputs) if (output) this.#gather(output);
    }
    this.#gather(value);
    const result = this.#cotangents.get(value);
    if (result) return result;
    throw new LimnError(
      "not-applicable",
      `the score does not depend on "${value.name}", or only through piecewise constant operators; choose a layer that \`limn layers\` lists`,
    );
  }

  /** Sums what all readers of a value send back to it. */
  #gather(value: Value): void {
    if (this.#cotangents.has(value)) return;
    const seed = this.#seeds.get(value);
    const contributions: Value[] = seed ? [seed] : [];
    for (const node of this.#consumers.get(value) ?? []) {
      if (!this.#relevant.has(node)) continue;
      if (node.captures.includes(value)) {
        throw new LimnError(
          "unsupported",
          `${node.label}: it reads "${value.name}" inside its body, and Limn can't carry gradients through a body; choose a layer downstream of this node`,
        );
      }
      const cotangents = node.outputs.map((o) => o && this.#cotangents.get(o));
      if (cotangents.every((c) => c === undefined)) continue;
      node.inputs.forEach((input, index) => {
        if (input !== value) return;
        const contribution = value.graph.within(`${this.#scope}/${node.name || node.output.name}`, () => {
          return guarded(node, () => {
            const cotangent = this.#step(node, index, cotangents);
            return cotangent && unbroadcast(cotangent, value.dims);
          });
        });
        if (contribution) contributions.push(contribution);
      });
    }
    const [first, ...rest] = contributions;
    if (!first) return;
    const total = value.graph.within(`${this.#scope}/${value.name}`, () => sumOf([first, ...rest]));
    this.#cotangents.set(value, total);
  }
}

/**
 * Names the node if its rule fails: ONNX Runtime loads some nodes whose inputs have shapes that it can't compute with,
 * and rules trip over these shapes.
 */
function guarded<T>(node: Node, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof LimnError) throw error;
    throw new LimnError(
      "unsupported",
      `${node.label}: no gradient for inputs of these shapes (${reasonOf(error)}); check that the model runs in ONNX Runtime, or export it again`,
      { cause: error },
    );
  }
}

/** The chain rule: each operator's own gradient. */
export const gradientStep: Step = (node, index, dys) => {
  const operator = operatorOf(node);
  const name = inputName(operator, index);
  const { gradient } = operator;
  const rule = isStop(gradient) || isPiecewiseConstant(gradient) ? gradient : gradient[name ?? ""];
  if (!rule || (typeof rule === "object" && isStop(rule))) {
    const reason = rule?.stop ?? "it is not differentiable by that input; choose another layer or tensor";
    throw new LimnError("unsupported", `${node.label}: no gradient by its input "${name ?? index}": ${reason}`);
  }
  if (typeof rule === "object") return undefined;
  if (!dys[0] && !operator.everyOutput) {
    throw new LimnError(
      "unsupported",
      `${node.label}: no gradient through its second output; choose another layer or tensor`,
    );
  }
  return gradientBy(node, index, wiresOf(node, index, dys));
};

/**
 * The gradient by one of a node's inputs, for which its operator has a function.
 * @param wires what the function sees, see `Wires`
 * @throws LimnError `bad-option` naming the operator and the node if the user's own function throws, or gives what can't be a gradient
 */
export function gradientBy(node: Node, index: number, wires: object): Value {
  const operator = operatorOf(node);
  const name = inputName(operator, index) as string;
  const { [name]: rule } = operator.gradient as Readonly<Record<string, (wires: object) => Value>>;
  const dx = calling(node, `gradient by "${name}"`, () => (rule as (wires: object) => Value)(wires));
  if (isOwn(node)) checkGradient(node, index, dx);
  return dx;
}

/** Checks what a user's own operator gives as the gradient by an input. */
function checkGradient(node: Node, index: number, dx: unknown): void {
  const x = node.inputs[index] as Value;
  const field = `gradient.${inputName(operatorOf(node), index)}`;
  const refused = (problem: string) => new LimnError("bad-option", `${nameAt(node)}: \`${field}\` returns ${problem}`);
  if (!(dx instanceof Value) || dx.graph !== x.graph) {
    const found = dx instanceof Value ? "a value of another graph" : told(dx);
    throw refused(`${found}; return a value of the graph, as mul(dy, ...) gives`);
  }
  if (dx.dtype === x.dtype && broadcastShapes(dx.dims, x.dims)) return;
  throw refused(`${described(dx)}; return what broadcasts with the input, ${described(x)}`);
}

const described = ({ dtype, dims }: Value): string => `${dtype} [${dims.join(", ")}]`;

/** What a rule sees of a node; see `Wires`. */
export function wiresOf(node: Node, index: number, dys: readonly (Value | undefined)[]): Wires<string> {
  const operator = operatorOf(node);
  const named: Record<string, Value | undefined> = {};
  node.inputs.forEach((input, i) => {
    const name = inputName(operator, i);
    if (name !== undefined) named[name] = input;
  });
  return {
    ...named,
    y: node.output,
    dy: dys[0],
    ys: node.outputs,
    dys,
    xs: node.inputs.filter((v) => v !== undefined),
    index,
    at: node.at,
    node,
  } as unknown as Wires<string>;
}

/** The chain rule, with ReLUs that pass back only what is positive there too (Springenberg et al. 2015). */
export const guidedStep: Step = (node, index, dys) => {
  const [dy] = dys;
  return gradientStep(node, index, dy && index === 0 && cutsOff(node) ? [relu(dy)] : dys);
};

/** The chain rule, except that ReLUs pass back what is positive there, active or not (Zeiler and Fergus 2014). */
export const deconvStep: Step = (node, index, dys) => {
  const [dy] = dys;
  return dy && index === 0 && cutsOff(node) ? whileActive(node, relu(dy)) : gradientStep(node, index, dys);
};

function whileActive(node: Node, dy: Value): Value {
  const { active } = operatorOf(node);
  const wires = wiresOf(node, 0, [dy]);
  return active ? calling(node, "active", () => (active as (wires: object) => Value)(wires)) : dy;
}

/** The steps by which a score can be carried back: the chain rule, and the two variants that treat ReLUs differently. */
const gradientSteps = {
  gradient: gradientStep,
  guided: guidedStep,
  deconv: deconvStep,
} satisfies Record<string, Step>;

export type GradientStep = keyof typeof gradientSteps;

/**
 * The backward pass of gradients from one value.
 * @param y where it starts, usually the logits
 * @param seed what d y is weighed by, in the shape of `y`
 * @param scope what the names of the nodes that it writes start with
 */
export const gradientFrom = (y: Value, seed: Value, step: GradientStep = "gradient", scope: string = step) =>
  new BackwardPass(new Map([[y, seed]]), gradientSteps[step], scope);

/**
 * Whether a node is a ReLU to methods that treat those in their own way. What quantizes numbers that are at least 0 anyway, such
 * as a sigmoid's, does not count.
 */
export const cutsOff = (node: Node): boolean =>
  isRelu(node) && !(factOf(node, "numbers") === "quantized" && nonNegativity()(node.inputs[0] as Value));

/** Relu, or a Clip at 0: ReLU6 and its like. */
export const isRelu = (node: Node): boolean => factOf(node, "rectifies") ?? false;
