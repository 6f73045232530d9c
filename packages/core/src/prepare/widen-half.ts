import type { Attribute, Attributes } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { castCode } from "../graph/shapes.js";
import { type DataType, numbersOf, tensor } from "../graph/tensor.js";
import { withoutHalfTypes } from "../onnx/encode.js";

/**
 * The same network in float32, where it computes in float16 or bfloat16. ONNX Runtime's CPU has few operators in half
 * precision, and converts around most of the others, step by step; gradients of small numbers would be lost on the way.
 * Weights stay where and as they are: each is cast as it is read.
 *
 * Ensures: no float16 and no bfloat16 but in constants, unless a node holds graphs of its own, which keep their types.
 * @returns the model itself where it has no half precision, or holds graphs that may have
 */
export function widenHalf(model: Model): Model {
  const { graph } = model;
  if (!hasHalf(model) || graph.nodes.some(holdsGraph)) return model;
  const widened = rewrite(
    graph,
    (node, inputs, target) => {
      const { name, opType, domain, operators, origin } = node;
      const wide = inputs.map((v) => (v && isHalf(v.dtype) ? cast(v, "float32") : v));
      const init = { name, opType, domain, operators, origin, inputs: wide, attributes: widenAttributes(node) };
      const outputs = node.outputs.map((v) => v && { name: v.name, dtype: widest(v.dtype), shape: v.shape });
      return target.intern(init, outputs).outputs;
    },
    {
      input: (input, target) => {
        const image = target.addInput(input.name, widest(input.dtype), input.shape);
        if (input.declared) image.declared = input.declared;
        return image;
      },
    },
  );
  return withoutHalfTypes({ ...model, graph: widened.graph });
}

const isHalf = (dtype: DataType | undefined): boolean => dtype === "float16" || dtype === "bfloat16";

const widest = (dtype: DataType | undefined): DataType | undefined => (isHalf(dtype) ? "float32" : dtype);

function hasHalf({ graph }: Model): boolean {
  const half = ({ dtype }: Value) => isHalf(dtype);
  if (graph.inputs.some(half) || graph.initializers.some(half)) return true;
  return graph.nodes.some(
    (node) => node.outputs.some((v) => v && half(v)) || [...node.attributes].some(([name, a]) => namesHalf(name, a)),
  );
}

const holdsGraph = ({ opType, captures, body }: Node): boolean =>
  captures.length > 0 || body !== undefined || opType === "If" || opType === "Loop" || opType === "Scan";

/** Attributes by which operators are told the type of what they give. */
const TYPES = new Set(["to", "dtype", "output_dtype", "output_datatype"]);

const HALF = new Set([castCode("float16"), castCode("bfloat16")]);

const namesHalf = (name: string, attribute: Attribute): boolean =>
  attribute.kind === "int"
    ? TYPES.has(name) && HALF.has(Number(attribute.value))
    : attribute.kind === "tensor" && isHalf(attribute.value.dtype);

function widenAttributes({ attributes }: Node): Attributes {
  if (![...attributes].some(([name, attribute]) => namesHalf(name, attribute))) return attributes;
  return new Map(
    [...attributes].map(([name, attribute]) => [name, namesHalf(name, attribute) ? wide(attribute) : attribute]),
  );
}

function wide(attribute: Attribute): Attribute {
  if (attribute.kind !== "tensor") return { kind: "int", value: BigInt(castCode("float32")) };
  const { value } = attribute;
  return { kind: "tensor", value: tensor("float32", value.dims, numbersOf(value) ?? []) };
}
