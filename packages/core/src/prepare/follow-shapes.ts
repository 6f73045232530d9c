import type { Graph, Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import type { Given } from "../graph/rewrite.js";
import { BYTES_PER_ELEMENT, type Tensor } from "../graph/tensor.js";
import { factOf } from "../ops/registry.js";
import type { Runtime, Weights } from "../session.js";
import { losesWindow } from "./drop-ceil-mode.js";
import { evaluate, isSmall, storedConstant, withConstants } from "./fold-constants.js";
import { inferTypes } from "./infer-types.js";

/**
 * Finds types, shapes and constants, from the inputs on. What does not depend on the input (shape arithmetic, axes, pads,
 * small tables) is computed by ONNX Runtime and stored. Shapes hang on such constants, and these on the shapes upstream of
 * them, so inferring and computing take turns. In each turn, ONNX Runtime sees only the nodes whose turn it is: all turns
 * together take as long as the graph is, though each block of a Swin transformer needs some of its own.
 *
 * Requires: inputs with static shapes. Ensures: no `Constant` node is left; types and shapes are known as far as they
 * follow from those of the inputs, or up to a pooling that `dropCeilMode` has to rewrite first.
 * @returns the model itself if there was nothing to store
 */
export async function followShapes(model: Model, runtime: Runtime, weights?: Weights): Promise<Model> {
  const front = new Front(model.graph);
  const { constants } = front;
  for (;;) {
    const known = constants.size;
    const { open, wanted } = front.advance();
    await inferTypes(model, open, runtime, {
      given: (v) => front.given(v),
      mayStayOpen: (v) => front.isDerived(v),
    });
    if (open.some(({ producer }) => producer && losesWindow(producer))) break;
    const small = wanted.filter(({ producer }) => producer && front.canStore(producer));
    for (const [value, data] of await evaluate(model, small, (v) => front.numbers(v), runtime, weights)) {
      constants.set(value, data);
    }
    if (open.length === 0 && constants.size === known) break;
  }
  return withConstants(model, constants);
}

/** How far types, shapes and constants of a graph are known. */
class Front {
  /** Values whose numbers are known, apart from those that the graph stores already. */
  readonly constants = new Map<Value, Tensor>();
  /** Nodes that depend on constants alone. */
  readonly #derived = new Set<Node>();
  readonly #outputs: readonly Value[];
  readonly #read: ReadonlySet<Value>;
  /** Nodes whose turn has not come. */
  #waiting: readonly Node[];

  constructor({ nodes, outputs }: Graph) {
    this.#waiting = nodes;
    this.#outputs = outputs;
    this.#read = new Set([...outputs, ...nodes.flatMap((node) => node.reads())]);
  }

  /**
   * Moves on past the nodes whose inputs are known by now.
   * @returns the values of these nodes whose types are open, and the constants that are wanted to go further
   */
  advance(): { open: Value[]; wanted: Value[] } {
    const open: Value[] = [];
    const wanted = new Set(this.#outputs.filter((v) => this.#isWanted(v)));
    const waiting: Node[] = [];
    const late = new Set<Value>();
    for (const node of this.#waiting) {
      const outputs = node.outputs.filter((v) => v !== undefined);
      const data = storedConstant(node);
      if (data) this.constants.set(node.output, data);
      else if (this.#isConstant(node)) this.#derived.add(node);
      else {
        const missing = node.reads().filter((v) => this.#isWanted(v));
        for (const value of missing) wanted.add(value);
        if (missing.length > 0 || readsShape(node) || node.reads().some((v) => late.has(v))) {
          waiting.push(node);
          for (const output of outputs) late.add(output);
          continue;
        }
      }
      if (!data) open.push(...outputs.filter((v) => !(v.dtype && v.shape)));
    }
    this.#waiting = waiting;
    return { open, wanted: [...wanted] };
  }

  /** What is known of a value before the graph runs. */
  given(value: Value): Given {
    return this.numbers(value) ?? (canBeInput(value) && !this.isDerived(value) ? "input" : undefined);
  }

  numbers(value: Value): Tensor | undefined {
    return value.initializer ?? this.constants.get(value);
  }

  /** Whether a value depends on constants alone, and is not computed yet. */
  isDerived(value: Value): boolean {
    return value.producer !== undefined && this.#derived.has(value.producer) && !this.constants.has(value);
  }

  /** Whether all of a node's results that are read are small enough to be stored. */
  canStore({ outputs }: Node): boolean {
    return outputs.every((v) => v === undefined || !this.#read.has(v) || isSmall(v));
  }

  /** Whether a node depends on constants alone, and gives the same numbers wherever it is computed. */
  #isConstant(node: Node): boolean {
    if (!node.reads().every((v) => this.isDerived(v) || this.numbers(v) !== undefined)) return false;
    // ONNX Runtime would round weights that are stored as floats between integers again, in its own way
    return !node.operators.draws(node) && factOf(node, "numbers") !== "quantized";
  }

  /** Whether a value is a constant that is stored as soon as it is computed, as far as one can say. */
  #isWanted(value: Value): boolean {
    return this.isDerived(value) && (value.dtype === undefined || this.canStore(value.producer as Node));
  }
}

/** Whether a node reads a shape, which `storedConstant` gives as soon as it is known. */
const readsShape = ({ domain, opType }: Node): boolean => domain === "" && (opType === "Shape" || opType === "Size");

/** Whether a value has a type, and one that inputs can have. */
const canBeInput = ({ dtype, shape }: Value): boolean =>
  dtype !== undefined && shape !== undefined && BYTES_PER_ELEMENT[dtype] > 0 && dtype !== "bfloat16";
