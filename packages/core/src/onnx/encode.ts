import { create, type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Attribute } from "../graph/attributes.js";
import type { Body, Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { type DataType, type Shape, sameShape } from "../graph/tensor.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type SparseTensorProto,
  StringStringEntryProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";
import { encodeTensor, LARGE, type ReadWeights } from "./tensors.js";
import { codeOf, dataTypeOf } from "./types.js";

/** How `encodeModel` writes a model. */
export interface EncodeOptions {
  /**
   * How to write constants that are in a file. `references`, the default: as references by offset; a function: as the bytes
   * that it reads; `inputs`: as graph inputs without data, which is enough to infer types and loads nothing.
   */
  readonly weights?: "references" | "inputs" | ReadWeights;
  /** Further values to write as outputs, without a type; ONNX Runtime infers it. */
  readonly extraOutputs?: Iterable<Value>;
}

/** Writes a model as ONNX bytes. What Limn does not know in the file that the model was read from is kept. */
export function encodeModel(model: Model, options: EncodeOptions = {}): Uint8Array {
  const origin = model.origin as ModelProto | undefined;
  const proto = derive(ModelProtoSchema, origin, {
    irVersion: BigInt(model.irVersion),
    opsetImport: opsetImports(model, origin),
    metadataProps: [...model.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    ...(origin ? {} : { producerName: model.producer }),
  });
  proto.graph = encodeGraph(model, origin?.graph, options);
  return toBinary(ModelProtoSchema, proto);
}

/** A message with these fields; the others, unknown ones included, are those of `origin`. */
function derive<D extends DescMessage>(
  schema: D,
  origin: MessageShape<D> | undefined,
  fields: Partial<MessageShape<D>>,
) {
  return Object.assign(create(schema), origin, fields);
}

function opsetImports(model: Model, origin: ModelProto | undefined) {
  return [...model.opsets].map(([domain, version]) => {
    const before = origin?.opsetImport.find((o) => (o.domain === "ai.onnx" ? "" : o.domain) === domain);
    return before?.version === BigInt(version)
      ? before
      : create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) });
  });
}

const FIRST_WITH_CONSTANTS = 4;

function encodeGraph({ graph, irVersion }: Model, origin: GraphProto | undefined, options: EncodeOptions): GraphProto {
  const { initializers } = graph;
  const { weights = "references" } = options;
  const dense = initializers.filter((v) => !isSparse(v));
  const absent = new Set(weights === "inputs" ? dense.filter(isWeight) : []);
  // before IR version 4, files list constants as inputs, too; in newer files that would keep them from being folded
  const listed = new Set(irVersion < FIRST_WITH_CONSTANTS ? dense.map((v) => v.name) : []);
  for (const { name } of absent) listed.delete(name);
  const before = new Map([...(origin?.input ?? []), ...(origin?.output ?? [])].map((info) => [info.name, info]));
  const extra = [...(options.extraOutputs ?? [])].filter((v) => !graph.outputs.includes(v));
  return derive(GraphProtoSchema, origin, {
    name: origin?.name || "limn",
    node: encodeNodes(graph.nodes),
    initializer: dense
      .filter((v) => !absent.has(v))
      .map((v) => encodeTensor(tensorOf(v), v.name, typeof weights === "function" ? weights : undefined)),
    sparseInitializer: initializers.filter(isSparse).map((v) => v.initializer?.origin as SparseTensorProto),
    input: [
      ...graph.inputs.map((v) => encodeInfo(v, before.get(v.name))),
      ...(origin?.input ?? []).filter(({ name }) => listed.has(name)),
      ...[...absent].map((v) => encodeInfo(v, undefined, ownName, v.dtype === "bfloat16" ? "float16" : v.dtype)),
    ],
    output: [
      ...graph.outputs.map((v) => encodeInfo(v, before.get(v.name))),
      ...extra.map((v) => create(ValueInfoProtoSchema, { name: v.name })),
    ],
  });
}

/** Whether a constant is none that shapes can hang on: it lies in a file, and is large. */
function isWeight({ initializer }: Value): boolean {
  const data = initializer?.data;
  return data?.kind === "file" && (data.length >= LARGE || !data.read);
}

const isSparse = (v: Value): boolean =>
  v.initializer?.data.kind === "opaque" && "indices" in (v.initializer.origin ?? {});

function tensorOf(value: Value) {
  if (!value.initializer) throw new Error(`"${value.name}" is not a constant`);
  return value.initializer;
}

/** A model without what its file declares of values of some types, because they are no longer so. */
export function withoutDeclared(model: Model, dtypes: ReadonlySet<DataType>): Model {
  const origin = model.origin as ModelProto | undefined;
  if (!origin?.graph) return model;
  const isOfThese = ({ type }: ValueInfoProto) =>
    type?.value.case === "tensorType" && dtypes.has(dataTypeOf(type.value.value.elemType));
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const { graph } = origin;
  const kept = {
    ...graph,
    valueInfo: [],
    input: graph.input.filter((info) => constants.has(info.name) || !isOfThese(info)),
    output: graph.output.filter((info) => !isOfThese(info)),
  };
  return { ...model, origin: { ...origin, graph: kept } };
}

/** @param dtype another type than the value's: as inputs, ONNX Runtime's JavaScript API does not know bfloat16 */
function encodeInfo(
  value: Value,
  before: ValueInfoProto | undefined,
  nameOf = ownName,
  dtype = value.dtype,
): ValueInfoProto {
  const { shape } = value;
  // the file's own type says more: named dimensions, denotations, sequences, optionals
  if (before && (!shape || !dtype || dtype === "other" || says(before, dtype, shape))) return before;
  const type =
    dtype === undefined
      ? undefined
      : {
          value: {
            case: "tensorType" as const,
            value: {
              elemType: codeOf(dtype),
              ...(shape
                ? { shape: { dim: shape.map((d) => ({ value: { case: "dimValue" as const, value: BigInt(d) } })) } }
                : {}),
            },
          },
        };
  const info = create(ValueInfoProtoSchema, { name: nameOf(value), ...(type ? { type } : {}) });
  return before ? derive(ValueInfoProtoSchema, before, info) : info;
}

/** Whether a file declares exactly this type. */
function says({ type }: ValueInfoProto, dtype: DataType, shape: Shape): boolean {
  if (type?.value.case !== "tensorType") return false;
  const { elemType, shape: declared } = type.value.value;
  const dims = declared?.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : -1));
  return elemType === codeOf(dtype) && dims !== undefined && sameShape(dims, shape);
}

/** ONNX Runtime takes no two nodes of one name: of those, the file's own keeps it. */
function encodeNodes(nodes: readonly Node[], nameOf = ownName): NodeProto[] {
  const taken = new Set(nodes.map(({ name, origin }) => (origin ? name : "")));
  const kept = new Set<string>();
  return nodes.map((node) => {
    const { name, origin } = node;
    const free = name === "" || (origin ? !kept.has(name) : !taken.has(name));
    let unique = name;
    for (let n = 1; !free && taken.has(unique); n++) unique = `${name}_${n}`;
    taken.add(unique);
    kept.add(name);
    return encodeNode(node, unique, nameOf);
  });
}

function encodeNode(node: Node, name: string, nameOf: NameOf): NodeProto {
  const origin = node.origin as NodeProto | undefined;
  const names = (values: readonly (Value | undefined)[]) => values.map((v) => (v ? nameOf(v) : ""));
  return derive(NodeProtoSchema, origin, {
    name,
    opType: node.opType,
    domain: node.domain,
    input: names(node.inputs),
    output: names(node.outputs),
    attribute: [
      ...[...node.attributes].map(([name, attribute]) => encodeAttribute(name, attribute)),
      ...(node.body
        ? [create(AttributeProtoSchema, { name: "body", type: Kind.GRAPH, g: encodeBody(node, node.body) })]
        : []),
    ],
  });
}

/** Gives the name under which a value is written. */
type NameOf = (value: Value) => string;

const ownName: NameOf = ({ name }) => name;

/** A graph inside a node. It sees the names of the outer graph, so the body's own names start with that of the node. */
function encodeBody(node: Node, { graph, captured }: Body): GraphProto {
  const outer = new Map(captured.map((value, i) => [value, node.captures[i] as Value]));
  const nameOf: NameOf = (value) => outer.get(value)?.name ?? `${node.name}/${value.name}`;
  const own = (value: Value) => !outer.has(value);
  return create(GraphProtoSchema, {
    name: node.name,
    node: encodeNodes(graph.nodes, nameOf),
    initializer: graph.initializers.filter(own).map((v) => encodeTensor(tensorOf(v), nameOf(v))),
    input: graph.inputs.filter(own).map((v) => encodeInfo(v, undefined, nameOf)),
    output: graph.outputs.map((v) => encodeInfo(v, undefined, nameOf)),
  });
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  if (attribute.origin) return attribute.origin as AttributeProto;
  const proto = create(AttributeProtoSchema, { name });
  switch (attribute.kind) {
    case "int":
      return Object.assign(proto, { type: Kind.INT, i: attribute.value });
    case "ints":
      return Object.assign(proto, { type: Kind.INTS, ints: [...attribute.value] });
    case "float":
      return Object.assign(proto, { type: Kind.FLOAT, f: attribute.value });
    case "floats":
      return Object.assign(proto, { type: Kind.FLOATS, floats: [...attribute.value] });
    case "string":
      return Object.assign(proto, { type: Kind.STRING, s: utf8(attribute.value) });
    case "strings":
      return Object.assign(proto, { type: Kind.STRINGS, strings: attribute.value.map(utf8) });
    case "tensor":
      return Object.assign(proto, { type: Kind.TENSOR, t: encodeTensor(attribute.value, "") });
    case "opaque":
      throw new Error(`attribute "${name}" has no content`);
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);
