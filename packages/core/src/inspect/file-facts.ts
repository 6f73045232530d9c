import type { Model } from "../graph/model.js";
import { type DataType, sizeOf, type Tensor } from "../graph/tensor.js";
import { decodeModel } from "../onnx/decode.js";
import { factOf } from "../ops/registry.js";
import type { ModelSource } from "../prepare/read-model.js";

/** An input or output as a file declares it. */
export interface DeclaredTensor {
  readonly name: string;
  /** Undefined if the file does not say it. */
  readonly dtype: DataType | undefined;
  /** Open sizes have their name, or null; undefined if the file does not say the shape. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** Constants of one type. */
export interface StoredNumbers {
  readonly dtype: DataType;
  readonly count: number;
}

/** What an ONNX file says of itself. */
export interface FileFacts {
  readonly irVersion: number;
  /** The version of each operator set, by its domain; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** The program that wrote it, with its version; "" if the file does not say it. */
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly nodes: number;
  /** How many nodes there are of each operator, most first. */
  readonly operators: Readonly<Record<string, number>>;
  /** Its constants by type, most numbers first. */
  readonly numbers: readonly StoredNumbers[];
  /** Whether integers stand for floats in it. */
  readonly quantized: boolean;
}

/**
 * Reads what a file says of itself, also of models that Limn can't explain.
 * @throws LimnError `bad-model` for what is no ONNX model
 */
export function fileFactsOf({ bytes, location, skimmed }: ModelSource): FileFacts {
  const model = decodeModel(bytes, location, skimmed);
  const { graph, irVersion, opsets, producer, metadata } = model;
  const constants = constantsOf(model);
  const counts = countsOf(graph.nodes.map(({ domain, opType }) => (domain ? `${domain}.${opType}` : opType)));
  const numbers = new Map<DataType, number>();
  for (const { dtype, dims } of constants) numbers.set(dtype, (numbers.get(dtype) ?? 0) + sizeOf(dims));
  return {
    irVersion,
    opsets: Object.fromEntries(opsets),
    producer,
    metadata: Object.fromEntries(metadata),
    inputs: graph.inputs.map(declared),
    outputs: graph.outputs.map(declared),
    nodes: graph.nodes.length,
    operators: Object.fromEntries(counts),
    numbers: [...numbers].map(([dtype, count]) => ({ dtype, count })).sort((a, b) => b.count - a.count),
    quantized: graph.nodes.some((node) => factOf(node, "numbers") === "quantized"),
  };
}

/** Constants are stored next to the nodes, or in nodes of their own. */
function constantsOf({ graph }: Model): Tensor[] {
  const stored = graph.initializers.flatMap(({ initializer }) => initializer ?? []);
  const inNodes = graph.nodes.flatMap(({ opType, attributes }) => {
    const value = opType === "Constant" ? attributes.get("value") : undefined;
    return value?.kind === "tensor" ? value.value : [];
  });
  return [...stored, ...inNodes];
}

function declared({ name, dtype, shape, declared: dims = shape }: Model["graph"]["inputs"][number]): DeclaredTensor {
  return { name, dtype, shape: dims?.map((d) => d ?? null) };
}

function countsOf(names: readonly string[]): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
