import type { Attribute, Attributes } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { castCode } from "../graph/shapes.js";
import { type DataType, numbersOf, tensor } from "../graph/tensor.js";
import { withoutDeclared } from "../onnx/encode.js";

/** Types in which small gradients are lost on their way, and that ONNX Runtime's CPU has few operators for. */
export const HALF: ReadonlySet<DataType> = new Set(["float16", "bfloat16"]);

/** Also the one that backward passes need operators in that ONNX Runtime's CPU does not have, such as Resize. */
export const NOT_FLOAT32: ReadonlySet<DataType> = new Set([...HALF, "float64"]);

/**
 * The same network in float32, if it computes in other types. Weights stay where and as they are: each is cast as it
 * is read.
 *
 * Requires, for float64: folded shape arithmetic, as sizes may hang on the last bit of what they are computed from.
 * Ensures: none of the types but in constants, unless a node holds graphs of its own, which keep their types.
 * @returns the model itself if it has none of them, or holds graphs that may have
 */
export function toFloat32(model: Model, types: ReadonlySet<DataType>): Model {
  const { graph } = model;
  const isOther = (dtype: DataType | undefined) => dtype !== undefined && types.has(dtype);
  const isTyped = (value: Value | undefined) => isOther(value?.dtype);
  const namesOther = ([name, attribute]: readonly [string, Attribute]) => isOther(typeIn(name, attribute));
  const has = ({ outputs, attributes }: Node) => outputs.some(isTyped) || [...attributes].some(namesOther);
  const concerned = graph.inputs.some(isTyped) || graph.initializers.some(isTyped) || graph.nodes.some(has);
  if (!concerned || graph.nodes.some(holdsGraph)) return model;

  const typeAfter = (dtype: DataType | undefined) => (isOther(dtype) ? "float32" : dtype);
  const rewritten = rewrite(
    graph,
    (node, inputs, target) => {
      const { name, opType, domain, operators, origin } = node;
      const attributes: Attributes = new Map(
        [...node.attributes].map((entry) => [entry[0], namesOther(entry) ? inFloat32(entry[1]) : entry[1]]),
      );
      const read = inputs.map((v) => (v && isTyped(v) ? cast(v, "float32") : v));
      const outputs = node.outputs.map((v) => v && { name: v.name, dtype: typeAfter(v.dtype), shape: v.shape });
      return target.intern({ name, opType, domain, operators, origin, inputs: read, attributes }, outputs).outputs;
    },
    {
      input: (input, target) => {
        const image = target.addInput(input.name, typeAfter(input.dtype), input.shape);
        if (input.declared) image.declared = input.declared;
        return image;
      },
    },
  );
  return withoutDeclared({ ...model, graph: rewritten.graph }, types);
}

const holdsGraph = ({ opType, captures, body }: Node): boolean =>
  captures.length > 0 || body !== undefined || opType === "If" || opType === "Loop" || opType === "Scan";

/** Attributes by which operators are told the type of what they give. */
const TYPES = new Set(["to", "dtype", "output_dtype", "output_datatype"]);

/** The type that an attribute names or has. */
function typeIn(name: string, attribute: Attribute): DataType | undefined {
  if (attribute.kind === "tensor") return attribute.value.dtype;
  if (attribute.kind !== "int" || !TYPES.has(name)) return undefined;
  return [...NOT_FLOAT32].find((dtype) => castCode(dtype) === Number(attribute.value));
}

function inFloat32(attribute: Attribute): Attribute {
  if (attribute.kind !== "tensor") return { kind: "int", value: BigInt(castCode("float32")) };
  const { value } = attribute;
  return { kind: "tensor", value: tensor("float32", value.dims, numbersOf(value) ?? []) };
}
