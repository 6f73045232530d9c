import { LimnError } from "../error.js";
import { type AttributeInit, AttributeReader, type Attributes, attributesFrom } from "./attributes.js";
import { needsFloat32 } from "./precision.js";
import { castCode, type EmittedOperator, inferType } from "./shapes.js";
import { type DataType, numbersOf, type Shape, type Tensor, tensor, type ValueType } from "./tensor.js";

/** A tensor that flows through a graph: an input, a constant, or an output of a node. */
export class Value {
  readonly graph: Graph;
  /** Unique in the graph; changed by Graph.rename only. */
  name: string;
  readonly producer: Node | undefined;
  /** Set if it is a stored constant. */
  readonly initializer: Tensor | undefined;
  dtype: DataType | undefined;
  /** Undefined before shape inference, and if it depends on the data. */
  shape: Shape | undefined;
  /** For inputs and outputs of a user's model: the dimensions as the file declares them; names and undefined ones are open. */
  declared?: readonly (number | string | undefined)[];

  constructor(graph: Graph, name: string, type: ValueType, producer?: Node, initializer?: Tensor) {
    this.graph = graph;
    this.name = name;
    this.dtype = type.dtype;
    this.shape = type.shape;
    this.producer = producer;
    this.initializer = initializer;
  }

  /** Its name for messages: that of the node that computes it, or its own. */
  get label(): string {
    return this.producer ? this.producer.label : `"${this.name}"`;
  }

  /** The static shape. @throws LimnError `unsupported` if shape inference found none */
  get dims(): Shape {
    if (this.shape) return this.shape;
    const cause = shapeless(this);
    throw new LimnError(
      "unsupported",
      `${cause.label}: the shape of ${cause === this ? `"${this.name}"` : `its output, on which that of "${this.name}" depends,`} is not known before the model runs; choose a layer downstream of it, or export the model without this operator`,
    );
  }

  /** The number of dimensions. @throws LimnError as `dims` does */
  get rank(): number {
    return this.dims.length;
  }
}

/** Where the first shape on the way to a value went missing. */
function shapeless(value: Value): Value {
  const missing = [...(value.producer?.reads() ?? [])].find(({ shape }) => shape === undefined);
  return missing ? shapeless(missing) : value;
}

/** One application of an operator. */
export class Node {
  name: string;
  readonly opType: string;
  /** "" is ONNX's own operator set. */
  readonly domain: string;
  /** Undefined stands for an optional input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** Undefined stands for an optional output that is left out. */
  readonly outputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  /** Values of the enclosing graph that the node's own subgraphs (If, Loop, Scan) read. */
  readonly captures: readonly Value[];
  /** Set if Limn wrote the node and it holds a graph. */
  readonly body: Body | undefined;
  /** The part of the file that this was read from; only onnx/ looks inside. */
  readonly origin: object | undefined;

  /** What the node's graph knows about operators; copies of the node in other graphs keep it. */
  readonly operators: KnownOperators;

  /** Whether someone asks for just this node, so that no equal one takes its place; what a rewrite makes of it keeps it. */
  apart: boolean;

  #reads: readonly Value[] | undefined;

  constructor(fields: NodeInit, operators: KnownOperators, outputs: (producer: Node) => (Value | undefined)[]) {
    this.operators = operators;
    this.name = fields.name;
    this.opType = fields.opType;
    this.domain = fields.domain ?? "";
    this.inputs = fields.inputs;
    this.attributes = fields.attributes;
    this.captures = fields.captures ?? [];
    this.body = fields.body;
    this.origin = fields.origin;
    this.apart = fields.apart ?? false;
    this.outputs = outputs(this);
  }

  /** The first output, which every operator that Limn differentiates has. */
  get output(): Value {
    const [first] = this.outputs;
    if (!first) throw new LimnError("bad-model", `${this.label}: it has no output; export the model again`);
    return first;
  }

  /** Reads its attributes. */
  get at(): AttributeReader {
    return new AttributeReader(this.attributes, this.label);
  }

  /** Its name for messages, with its operator. */
  get label(): string {
    const name = this.name || this.outputs.find((o) => o)?.name || "unnamed node";
    return `${name} (${this.domain && this.domain !== "ai.onnx" ? `${this.domain}.` : ""}${this.opType})`;
  }

  /** Everything the node reads: inputs and captures. */
  reads(): readonly Value[] {
    this.#reads ??= [...this.inputs.filter((v) => v !== undefined), ...this.captures];
    return this.#reads;
  }
}

/** A graph inside a node that Limn wrote, such as what a Loop repeats: the attribute `body` of the ONNX node. */
export interface Body {
  readonly graph: Graph;
  /** Inputs and constants of `graph` that stand for the node's captures, in the same order; each is written under its capture's name. */
  readonly captured: readonly Value[];
}

interface NamedType extends ValueType {
  readonly name: string;
}

export interface NodeInit {
  readonly name: string;
  readonly opType: string;
  readonly domain?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly captures?: readonly Value[];
  readonly body?: Body | undefined;
  /** Default: the graph's. */
  readonly operators?: KnownOperators;
  readonly origin?: object | undefined;
  /** Default false. */
  readonly apart?: boolean;
}

/** What identifies an operator. */
export interface OperatorKey {
  readonly opType: string;
  /** "" or undefined is ONNX's own operator set. */
  readonly domain?: string | undefined;
}

/** What a graph needs to know about the operators of a user's nodes. */
export interface KnownOperators {
  /** Whether the operator draws random numbers: then two of its nodes are never equal, and none is constant. */
  draws(operator: OperatorKey): boolean;
}

/** Limn itself writes no operators that draw random numbers. */
const EMITTED: KnownOperators = { draws: () => false };

/**
 * A dataflow graph under construction. Nodes are appended in topological order and never change. The same operator on the
 * same inputs with the same attributes gives the same node (hash-consing), so that the authors of its parts need not know
 * of each other.
 */
export class Graph {
  readonly operators: KnownOperators;
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  /** Stored constants. */
  readonly initializers: Value[] = [];
  readonly nodes: Node[] = [];
  /** The names by which people may call a value: tensor and node names of the user's model. Rewrites keep them. */
  readonly names = new Map<string, Value>();
  /** Names whose value a pass has removed, and the reason for messages. */
  readonly dissolved = new Map<string, string>();

  readonly #taken = new Map<string, Value>();
  readonly #known = new Map<string, Node>();
  readonly #ids = new Map<Value, number>();
  readonly #constants = new Map<string, Value>();
  #scope = "";

  /** @param operators what is known about operators; needed for graphs that hold nodes of a user */
  constructor(operators: KnownOperators = EMITTED) {
    this.operators = operators;
  }

  addInput(name: string, dtype: DataType | undefined, shape: Shape | undefined): Value {
    const value = this.#register(new Value(this, this.#unique(name), { dtype, shape }));
    this.inputs.push(value);
    return value;
  }

  /** Adds an input under exactly this name; another value that has the name gets a new one. */
  addInputNamed(name: string, dtype: DataType | undefined, shape: Shape | undefined): Value {
    const value = this.addInput(name, dtype, shape);
    this.rename(value, name);
    return value;
  }

  /** Adds an output under exactly this name, as a copy, since the value may be an input or another output, too. */
  addOutputNamed(name: string, value: Value): void {
    const { dtype, shape } = value;
    const init = { name: `output/${name}`, opType: "Identity", inputs: [value], attributes: new Map() };
    const { output } = this.append(init, [{ name: `output/${name}`, dtype, shape }]);
    this.rename(output, name);
    this.outputs.push(output);
  }

  /** Adds a stored constant under a name. */
  addInitializer(name: string, data: Tensor): Value {
    const type = { dtype: data.dtype, shape: data.dims };
    const value = this.#register(new Value(this, this.#unique(name), type, undefined, data));
    this.initializers.push(value);
    return value;
  }

  /** Appends a node with outputs of these names and types, even if the graph has an equal one. */
  append(init: NodeInit, outputs: readonly (NamedType | undefined)[]): Node {
    const node = new Node(init, init.operators ?? this.operators, (producer) =>
      outputs.map((o) => o && this.#register(new Value(this, this.#unique(o.name), o, producer))),
    );
    this.nodes.push(node);
    return node;
  }

  /** Gives the graph's node that is equal, or appends a new one. */
  intern(init: NodeInit, outputs: readonly (NamedType | undefined)[]): Node {
    const key = this.#keyOf(init, outputs.length);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known && outputs.every((o, i) => !o || known.outputs[i])) return known;
    const node = this.append(init, outputs);
    if (key !== undefined) this.#known.set(key, node);
    return node;
  }

  /** Gives a value exactly this name; another value that has it gets a new one. */
  rename(value: Value, name: string): void {
    const holder = this.#taken.get(name);
    if (holder === value) return;
    this.#taken.delete(value.name);
    if (holder) {
      holder.name = this.#unique(name);
      this.#taken.set(holder.name, holder);
    }
    this.#taken.set(name, value);
    value.name = name;
  }

  /**
   * Writes a node with several outputs. Shapes and types are inferred and checked at once, so that a mistake shows where it
   * is made, not when ONNX Runtime loads the graph.
   */
  emitAll(
    opType: EmittedOperator,
    inputs: readonly (Value | undefined)[],
    attributes: AttributeInit = {},
    outputCount = 1,
  ): Value[] {
    const lacking = inputs.find((input) => input && needsFloat32(opType, input.dtype))?.dtype;
    if (lacking) return this.#emitInFloat32(opType, inputs, attributes, outputCount, lacking);
    const init = { name: this.#scopedName(opType), opType, inputs, attributes: attributesFrom(attributes) };
    const key = this.#keyOf(init, outputCount);
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known) return known.outputs.filter((o) => o !== undefined);
    const name = this.#unique(init.name);
    const types = inferType(opType, inputs, init.attributes, outputCount, name);
    const node = this.append(
      { ...init, name },
      types.map((type, i) => ({ ...type, name: i === 0 ? name : `${name}:${i}` })),
    );
    if (key !== undefined) this.#known.set(key, node);
    return node.outputs.filter((o) => o !== undefined);
  }

  /** What `emitAll` writes if ONNX Runtime lacks the operator in a type. */
  #emitInFloat32(
    opType: EmittedOperator,
    inputs: readonly (Value | undefined)[],
    attributes: AttributeInit,
    outputCount: number,
    dtype: DataType,
  ): Value[] {
    const as = (value: Value, to: DataType) => this.emit("Cast", [value], { to: castCode(to) });
    const wide = inputs.map((input) => (input?.dtype === dtype ? as(input, "float32") : input));
    const outputs = this.emitAll(opType, wide, attributes, outputCount);
    return outputs.map((output) => (output.dtype === "float32" ? as(output, dtype) : output));
  }

  /** Writes a node again, for other inputs of the same types and shapes. @returns its first output */
  repeat({ opType, domain, attributes, operators, output }: Node, inputs: readonly (Value | undefined)[]): Value {
    const init = { name: this.#scopedName(opType), opType, domain, inputs, attributes, operators };
    const name = this.#unique(init.name);
    return this.intern({ ...init, name }, [{ name, dtype: output.dtype, shape: output.shape }]).output;
  }

  /** Writes a node with one output, and infers and checks its type. @returns the output */
  emit(opType: EmittedOperator, inputs: readonly (Value | undefined)[], attributes: AttributeInit = {}): Value {
    const [value] = this.emitAll(opType, inputs, attributes);
    if (!value) throw new Error(`${opType} has no output`);
    return value;
  }

  /** A small constant; equal constants are one value. */
  constant(dtype: DataType, dims: Shape, values: readonly number[]): Value {
    const key = `${dtype}[${dims}]${values.map((v) => (Object.is(v, -0) ? "-0" : v))}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const short = values.length <= 4 ? values.join("_") : `${values.length}_values`;
    const value = this.addInitializer(`constant/${dtype}/${short || "empty"}`, tensor(dtype, dims, values));
    this.#constants.set(key, value);
    return value;
  }

  /** A constant list of integers: int64 [n]. */
  ints(values: readonly number[]): Value {
    return this.constant("int64", [values.length], values);
  }

  /** Runs `write`, and lets the names of its nodes start with `scope/`, so that generated graphs read well. */
  within<T>(scope: string, write: () => T): T {
    const outer = this.#scope;
    this.#scope = outer ? `${outer}/${scope}` : scope;
    try {
      return write();
    } finally {
      this.#scope = outer;
    }
  }

  /** For every value, the nodes that read it, in order. */
  consumers(): Map<Value, Node[]> {
    const consumers = new Map<Value, Node[]>();
    for (const node of this.nodes) {
      for (const value of new Set(node.reads())) {
        const list = consumers.get(value);
        if (list) list.push(node);
        else consumers.set(value, [node]);
      }
    }
    return consumers;
  }

  /**
   * The nodes that it takes to compute values, in topological order.
   * @param isGiven whether a value need not be computed. Default: all have to be
   */
  ancestors(of: Iterable<Value>, isGiven: (value: Value) => boolean = () => false): Node[] {
    const needed = new Set<Node>();
    const need = (value: Value) => {
      if (value.producer && !isGiven(value)) needed.add(value.producer);
    };
    for (const value of of) need(value);
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i] as Node;
      if (needed.has(node)) for (const value of node.reads()) need(value);
    }
    return this.nodes.filter((node) => needed.has(node));
  }

  /** The nodes that read any of the given values, directly or through others, in topological order. */
  descendants(of: Iterable<Value>): Node[] {
    const reached = new Set<Value>(of);
    return this.nodes.filter((node) => {
      let reads = false;
      for (const value of node.reads()) reads ||= reached.has(value);
      if (reads) for (const output of node.outputs) if (output) reached.add(output);
      return reads;
    });
  }

  /** The given values and all that are computed from them. */
  dependents(of: readonly Value[]): Set<Value> {
    return new Set([...of, ...this.descendants(of).flatMap((node) => node.outputs.filter((v) => v !== undefined))]);
  }

  #register(value: Value): Value {
    this.#taken.set(value.name, value);
    this.#ids.set(value, this.#ids.size);
    return value;
  }

  #scopedName(opType: string): string {
    const name = opType.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
    return this.#scope ? `${this.#scope}/${name}` : name;
  }

  #unique(name: string): string {
    if (!this.#taken.has(name)) return name;
    let n = 1;
    while (this.#taken.has(`${name}_${n}`)) n++;
    return `${name}_${n}`;
  }

  #keyOf(init: NodeInit, outputCount: number): string | undefined {
    if (init.body || init.apart || (init.operators ?? this.operators).draws(init)) return undefined;
    const parts = [init.domain ?? "", init.opType, outputCount];
    for (const input of init.inputs) {
      const id = input ? this.#ids.get(input) : -1;
      if (id === undefined) {
        throw new Error(`${init.name}: "${input?.name}" belongs to another graph`);
      }
      parts.push(id);
    }
    for (const name of [...init.attributes.keys()].sort()) {
      const attribute = init.attributes.get(name);
      if (!attribute || attribute.kind === "opaque") return undefined;
      if (attribute.kind === "tensor") {
        // weights in Constant nodes are too long to compare
        const numbers = isShort(attribute.value) ? numbersOf(attribute.value) : undefined;
        if (!numbers) return undefined;
        parts.push(name, "tensor", attribute.value.dtype, attribute.value.dims.join(), numbers.join());
      } else {
        parts.push(name, attribute.kind, JSON.stringify(attribute.value, bigintAsText));
      }
    }
    return parts.join("|");
  }
}

/** Constants in attributes that are compared element by element, in bytes at most. */
const SHORT = 4096;

const isShort = ({ data }: Tensor): boolean => data.kind === "bytes" && data.bytes.byteLength <= SHORT;

const bigintAsText = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);

/**
 * The elements of a stored constant as numbers.
 * @param role what the numbers mean to the operator, for the message
 * @throws LimnError `unsupported` if the value is computed
 */
export function constantNumbers(value: Value, role: string, owner: string): number[] {
  const numbers = value.initializer && numbersOf(value.initializer);
  if (numbers) return numbers;
  throw new LimnError(
    "unsupported",
    `${owner}: ${role} ("${value.name}") must be a constant but is computed; export the model with static shapes`,
  );
}
