import { create, fromBinary } from "@bufbuild/protobuf";
import { LimnError, reasonOf } from "../error.js";
import type { Attribute } from "../graph/attributes.js";
import { Graph, type KnownOperators, type Node, type NodeInit, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import type { ValueType } from "../graph/tensor.js";
import { standardOperators } from "../ops/registry.js";
import { inlineFunctions } from "./inline-functions.js";
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";
import { outerNames } from "./subgraphs.js";
import { decodeTensor, type ModelFile, type ReadWeights } from "./tensors.js";
import { dataTypeOf } from "./types.js";

/**
 * Reads an ONNX file. Constants of a kilobyte or more are not copied: they become references to `location` by offset, so
 * that the bytes are not needed afterwards.
 * @param bytes the file's contents, or what `skimModel` gives
 * @param location the file's name in its own folder, for references and messages
 * @param skimmed whether the bytes come from `skimModel`; then offsets into them are not offsets into the file
 * @param read gives ranges of the files that hold constants, for rules that need their numbers; without it, constants in
 *   files can't be read
 * @param operators Limn's operators, and those of your own if there are any; see `OperatorTable`
 * @throws LimnError `bad-model` for anything that is not a well-formed ONNX model
 */
export function decodeModel(
  bytes: Uint8Array,
  location: string,
  skimmed = false,
  operators: KnownOperators = standardOperators,
  read?: ReadWeights,
): Model {
  const file: ModelFile = { location, bytes: skimmed ? new Uint8Array() : bytes, read };
  const proto = inlineFunctions(parse(bytes, location), location);
  if (!proto.graph) throw new LimnError("bad-model", `${location}: ${notOnnx(bytes)}`);
  const graph = decodeGraph(proto.graph, file, operators);
  return {
    graph,
    irVersion: Number(proto.irVersion),
    opsets: new Map(
      proto.opsetImport.map(({ domain, version }) => [domain === "ai.onnx" ? "" : domain, Number(version)]),
    ),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(" "),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    read,
    // nodes and constants keep their own parts of the file; those should not be in memory twice
    origin: { ...proto, graph: { ...proto.graph, node: [], initializer: [], sparseInitializer: [] } },
  };
}

function parse(bytes: Uint8Array, location: string) {
  if (bytes.byteLength === 0)
    throw new LimnError("bad-model", `${location}: the file is empty; download or export it again`);
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new LimnError("bad-model", `${location}: ${notOnnx(bytes)} (${reasonOf(error)})`, { cause: error });
  }
}

/** How files of other kinds can be recognized: by a text at an offset. */
const SIGNATURES: readonly (readonly [offset: number, start: string, advice: string])[] = [
  [0, "version https://git-lfs", "this is a Git LFS pointer, not the model; run `git lfs pull`"],
  [
    0,
    "PK\x03\x04",
    "this is a zip archive (a PyTorch checkpoint or a Keras file?); export the model to ONNX with torch.onnx.export or tf2onnx",
  ],
  [0, "\x89HDF", "this is an HDF5 file (Keras weights?); export the model to ONNX with tf2onnx"],
  [0, "\x80", "this is a Python pickle (a PyTorch checkpoint?); export the model to ONNX with torch.onnx.export"],
  [4, "TFL3", "this is a TensorFlow Lite file; convert it with tf2onnx --tflite"],
  [4, "ORTM", "this is an ORT-format file; use the .onnx file that it was made from"],
  [8, '{"', "this is a safetensors file, weights without a graph; export the model to ONNX"],
  [0, "<!doctype", "this is a web page, not a model; download the file itself"],
  [0, "<html", "this is a web page, not a model; download the file itself"],
];

function notOnnx(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 64)).toLowerCase();
  const known = SIGNATURES.find(([offset, text]) => start.startsWith(text.toLowerCase(), offset));
  return known?.[2] ?? "this is not an ONNX model, or a damaged one; download or export it again";
}

function decodeGraph(proto: GraphProto, file: ModelFile, operators: KnownOperators): Graph {
  const graph = new Graph(operators);
  graph.outputs.push(...decodeInto(graph, proto, file, new Map()));
  return graph;
}

/**
 * Writes a graph that a node holds, such as the branch that an If node takes, into the graph around it.
 * @param name the attribute that holds it
 * @param outer the values of the graph around it that it reads, by the names that it uses for them
 * @param read gives ranges of the model's files
 * @param given its inputs, in order
 * @returns its outputs
 */
export function decodeBody(
  node: Node,
  name: "then_branch" | "else_branch" | "body",
  outer: ReadonlyMap<string, Value>,
  graph: Graph,
  read: Model["read"],
  given: readonly (Value | undefined)[] = [],
): Value[] {
  const attribute = (node.origin as NodeProto | undefined)?.attribute.find((each) => each.name === name);
  if (!attribute?.g) throw new LimnError("bad-model", `${node.label}: it has no ${name}; export the model again`);
  const { input, output } = attribute.g;
  const bound = input.flatMap((info, i) => (given[i] ? [[info.name, given[i]] as const] : []));
  // the shapes in the file may belong to another input size
  const untyped = output.map((info) => create(ValueInfoProtoSchema, { name: info.name }));
  const proto = { ...attribute.g, input: [], valueInfo: [], output: untyped };
  return decodeInto(
    graph,
    proto,
    { location: node.label, bytes: new Uint8Array(), read },
    new Map([...outer, ...bound]),
  );
}

/** Appends the content of a graph to another one, and gives its outputs. @param outer values of the other graph that it reads */
function decodeInto(graph: Graph, proto: GraphProto, file: ModelFile, outer: ReadonlyMap<string, Value>): Value[] {
  const values = new Map<string, Value>(outer);
  const define = (name: string, value: Value) => {
    if (values.has(name)) {
      throw new LimnError("bad-model", `${file.location}: two tensors are called "${name}"; export the model again`);
    }
    values.set(name, value);
    graph.names.set(name, value);
  };

  const stored = new Set(proto.initializer.map(({ name }) => name));
  for (const info of proto.input) {
    // before IR version 4, files list every constant as an input, too
    if (!stored.has(info.name)) {
      const { dtype, shape } = typeOf(info);
      const input = graph.addInput(info.name, dtype, shape);
      const declared = dimensionsOf(info);
      if (declared) input.declared = declared;
      define(info.name, input);
    }
  }
  for (const tensor of proto.initializer)
    define(tensor.name, graph.addInitializer(tensor.name, decodeTensor(tensor, file)));
  for (const sparse of proto.sparseInitializer) {
    const name = sparse.values?.name ?? "";
    const dims = sparse.dims.map(Number);
    const dtype = dataTypeOf(sparse.values?.dataType ?? 0);
    define(name, graph.addInitializer(name, { dtype, dims, data: { kind: "opaque" }, origin: sparse }));
  }

  const known = new Map(proto.valueInfo.map((info) => [info.name, typeOf(info)]));
  for (const info of proto.output) known.set(info.name, typeOf(info));
  const lookup = (name: string, node: NodeProto): Value => {
    const value = values.get(name);
    if (value) return value;
    throw new LimnError(
      "bad-model",
      `${file.location}: the node ${node.name || node.output[0] || "unnamed"} (${node.opType}) reads "${name}", which no node before it gives; export the model again`,
    );
  };
  for (const node of inOrder(proto.node, values)) {
    const init: NodeInit = {
      name: node.name,
      opType: node.opType,
      domain: node.domain === "ai.onnx" ? "" : node.domain,
      inputs: node.input.map((name) => (name === "" ? undefined : lookup(name, node))),
      attributes: new Map(node.attribute.map((a) => [a.name, decodeAttribute(a, file)])),
      captures: [...outerNames(node)].flatMap((name) => values.get(name) ?? []),
      origin: node,
    };
    const made = graph.append(
      init,
      node.output.map((name) => (name === "" ? undefined : { name, ...(known.get(name) ?? UNTYPED) })),
    );
    made.outputs.forEach((value, i) => {
      const name = node.output[i];
      if (value && name) define(name, value);
    });
    if (node.name && !graph.names.has(node.name) && made.outputs[0]) graph.names.set(node.name, made.outputs[0]);
  }
  return proto.output.map((info) => {
    const { name } = info;
    const value = values.get(name);
    if (!value) {
      throw new LimnError("bad-model", `${file.location}: no node gives the output "${name}"; export the model again`);
    }
    const declared = dimensionsOf(info);
    if (declared) value.declared ??= declared;
    return value;
  });
}

const UNTYPED: ValueType = { dtype: undefined, shape: undefined };

/** The nodes in topological order; some exporters don't sort them. */
function inOrder(nodes: readonly NodeProto[], ready: ReadonlyMap<string, Value>): NodeProto[] {
  const makers = new Map<string, NodeProto>();
  for (const node of nodes) for (const name of node.output) if (name) makers.set(name, node);
  const sorted: NodeProto[] = [];
  const state = new Map<NodeProto, "open" | "done">();
  for (const root of nodes) {
    // depth first with our own stack, since chains of nodes can be longer than the call stack
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1) as NodeProto;
      if (state.get(node) === "done") {
        stack.pop();
        continue;
      }
      const pending = [...node.input, ...outerNames(node)].flatMap((name) => {
        const maker = ready.has(name) ? undefined : makers.get(name);
        return maker && state.get(maker) !== "done" ? [maker] : [];
      });
      if (pending.length === 0 || state.get(node) === "open") {
        if (pending.length > 0) {
          throw new LimnError(
            "bad-model",
            `the node ${node.name || node.output[0] || "unnamed"} (${node.opType}) reads a tensor that depends on it, so the graph has a cycle; export the model again`,
          );
        }
        state.set(node, "done");
        sorted.push(node);
        stack.pop();
      } else {
        state.set(node, "open");
        stack.push(...pending);
      }
    }
  }
  return sorted;
}

function typeOf(info: ValueInfoProto): ValueType {
  const value = info.type?.value;
  if (value?.case !== "tensorType") return UNTYPED;
  const dims = dimensionsOf(info);
  const known = dims?.every((d) => typeof d === "number" && d >= 0);
  return { dtype: dataTypeOf(value.value.elemType), shape: known ? (dims as number[]) : undefined };
}

/** The dimensions of a tensor's type: sizes, names of open ones, or undefined. */
function dimensionsOf(info: ValueInfoProto): (number | string | undefined)[] | undefined {
  const value = info.type?.value;
  if (value?.case !== "tensorType") return undefined;
  return value.value.shape?.dim.map((d) =>
    d.value.case === "dimValue" ? Number(d.value.value) : d.value.case === "dimParam" ? d.value.value : undefined,
  );
}

function decodeAttribute(proto: AttributeProto, file: ModelFile): Attribute {
  const origin = proto;
  // texts and small tensors are views of the file's bytes, and would keep the whole file in memory
  if (proto.type === Kind.STRING) proto.s = new Uint8Array(proto.s);
  if (proto.type === Kind.STRINGS) proto.strings = proto.strings.map((s) => new Uint8Array(s));
  switch (proto.type) {
    case Kind.INT:
      return { kind: "int", value: proto.i, origin };
    case Kind.INTS:
      return { kind: "ints", value: proto.ints, origin };
    case Kind.FLOAT:
      return { kind: "float", value: proto.f, origin };
    case Kind.FLOATS:
      return { kind: "floats", value: proto.floats, origin };
    case Kind.STRING:
      return { kind: "string", value: new TextDecoder().decode(proto.s), origin };
    case Kind.STRINGS:
      return { kind: "strings", value: proto.strings.map((s) => new TextDecoder().decode(s)), origin };
    case Kind.TENSOR: {
      if (!proto.t) return { kind: "opaque", origin };
      const value = decodeTensor(proto.t, file);
      if (value.data.kind === "bytes" && proto.t.rawData.byteLength > 0) proto.t.rawData = value.data.bytes;
      return { kind: "tensor", value, origin };
    }
    default:
      return { kind: "opaque", origin };
  }
}
