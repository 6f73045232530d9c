import { create } from "@bufbuild/protobuf";
import { LimnError } from "../error.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
} from "./onnx_pb.js";

/** More nodes than any model has; functions that call functions can grow without end. */
const MOST_NODES = 1_000_000;

const ownDomain = (domain: string) => (domain === "ai.onnx" ? "" : domain);
const keyOf = ({ domain, overload }: { domain: string; overload: string }, name: string) =>
  [ownDomain(domain), name, overload].join("|");

/**
 * Replaces the calls of a model's own functions by their bodies. Some exporters save each module of a network as a
 * function, but Limn works with plain graphs.
 *
 * @throws LimnError `unsupported` if a function is written in another operator set than the model, `bad-model` if
 *   functions call themselves
 */
export function inlineFunctions(model: ModelProto, location: string): ModelProto {
  if (model.functions.length === 0 || !model.graph) return model;
  const opsetImport = commonOpsets(model, location);
  const graph = new Inliner(model, location).run(model.graph);
  return Object.assign(create(ModelProtoSchema), model, { graph, opsetImport, functions: [] });
}

/** The operator sets of the model and of its functions, which must agree. */
function commonOpsets(model: ModelProto, location: string) {
  const imports = [...model.opsetImport];
  for (const { name, opsetImport } of model.functions) {
    for (const wanted of opsetImport) {
      const known = imports.find(({ domain }) => ownDomain(domain) === ownDomain(wanted.domain));
      if (!known) imports.push(wanted);
      else if (known.version !== wanted.version) {
        throw new LimnError(
          "unsupported",
          `${location}: the function ${name} is written in opset ${wanted.version}, but the model in ${known.version}; convert it with onnx.inliner.inline_local_functions(model, convert_version=True)`,
        );
      }
    }
  }
  return imports;
}

/** The place at which nodes are written: the main graph, or that of a call. */
interface Site {
  /** What names of nodes start with; empty in the main graph. */
  readonly scope: string;
  /** Gives the name that a tensor of the body has here. */
  readonly rename: (name: string) => string;
  /** Attributes of the call, by the names that the body uses for them. */
  readonly given: ReadonlyMap<string, AttributeProto>;
  /** The functions whose bodies are being written. */
  readonly within: readonly FunctionProto[];
}

class Inliner {
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #location: string;
  /** Names that calls can't use as scopes: whatever comes before a slash in other names. */
  readonly #taken = new Set<string>();
  #written = 0;

  constructor(model: ModelProto, location: string) {
    this.#functions = new Map(model.functions.map((f) => [keyOf(f, f.name), f]));
    this.#location = location;
  }

  run(graph: GraphProto): GraphProto {
    const names = [...graph.input, ...graph.initializer].map(({ name }) => name);
    for (const name of [...names, ...graph.node.flatMap((node) => node.output)]) {
      for (let end = name.indexOf("/"); end >= 0; end = name.indexOf("/", end + 1)) this.#taken.add(name.slice(0, end));
    }
    return this.#graph(graph, { scope: "", rename: (name) => name, given: new Map(), within: [] });
  }

  #graph(proto: GraphProto, site: Site): GraphProto {
    const renamed = <T extends { name: string }>(items: readonly T[]) =>
      items.map((item) => ({ ...item, name: site.rename(item.name) }));
    return Object.assign(create(GraphProtoSchema), proto, {
      node: proto.node.flatMap((node) => this.#node(node, site)),
      input: renamed(proto.input),
      output: renamed(proto.output),
      initializer: renamed(proto.initializer),
      valueInfo: renamed(proto.valueInfo),
    });
  }

  #node(node: NodeProto, site: Site): NodeProto[] {
    if (++this.#written > MOST_NODES) this.#endless(node.opType);
    const moved: NodeProto = Object.assign(create(NodeProtoSchema), node, {
      name: site.scope && node.name ? `${site.scope}/${node.name}` : node.name,
      input: node.input.map(site.rename),
      output: node.output.map(site.rename),
      attribute: node.attribute.flatMap((a) => this.#attribute(a, site)),
    });
    const callee = this.#functions.get(keyOf(node, node.opType));
    return callee ? this.#call(moved, callee, site.within) : [moved];
  }

  /** The body of a function. Its inputs and outputs are the call's; the names of other tensors start with the call's. */
  #call(call: NodeProto, callee: FunctionProto, within: readonly FunctionProto[]): NodeProto[] {
    if (within.includes(callee)) this.#endless(callee.name);
    const scope = this.#scope(call.name || call.output.find((name) => name) || callee.name);
    const names = new Map([["", ""]]);
    const rename = (name: string) => names.get(name) ?? `${scope}/${name}`;
    for (const [i, name] of callee.input.entries()) names.set(name, call.input[i] ?? "");
    const copies: [from: string, to: string][] = [];
    for (const [i, name] of callee.output.entries()) {
      const output = call.output[i];
      if (!output) continue;
      // an output that is an input, too, or comes twice, is a copy
      if (names.has(name)) copies.push([name, output]);
      else names.set(name, output);
    }
    const given = new Map([...callee.attributeProto, ...call.attribute].map((a) => [a.name, a]));
    const site = { scope, rename, given, within: [...within, callee] };
    return [
      ...callee.node.flatMap((inner) => this.#node(inner, site)),
      ...copies.map(([from, to]) =>
        create(NodeProtoSchema, { opType: "Identity", input: [rename(from)], output: [to] }),
      ),
    ];
  }

  #attribute(proto: AttributeProto, site: Site): AttributeProto[] {
    if (proto.refAttrName) {
      const given = site.given.get(proto.refAttrName);
      return given ? [Object.assign(create(AttributeProtoSchema), given, { name: proto.name })] : [];
    }
    if (!proto.g && proto.graphs.length === 0) return [proto];
    const graphs = proto.graphs.map((graph) => this.#graph(graph, site));
    const g = proto.g ? { g: this.#graph(proto.g, site) } : {};
    return [Object.assign(create(AttributeProtoSchema), proto, { graphs, ...g })];
  }

  #scope(name: string): string {
    let scope = name;
    for (let n = 1; this.#taken.has(scope); n++) scope = `${name}_${n}`;
    this.#taken.add(scope);
    return scope;
  }

  #endless(name: string): never {
    throw new LimnError(
      "bad-model",
      `${this.#location}: the function ${name} calls itself or grows without end; export the model again`,
    );
  }
}
