import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { cast, mul, sub } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { BYTES_PER_ELEMENT, type DataType, isFloat, sizeOf } from "../graph/tensor.js";
import { dataTypeOf } from "../onnx/types.js";
import type { LayoutPassing } from "../ops/operator.js";
import { factOf } from "../ops/registry.js";

/** Types of pixels as cameras and files have them: whole numbers that reach to 255 at least. */
const PIXELS: ReadonlySet<DataType | undefined> = new Set([
  "uint8",
  "uint16",
  "int16",
  "int32",
  "uint32",
  "int64",
  "uint64",
]);

/** Operators that only move an input's elements do so with numbers of any type. */
const MOVING: ReadonlySet<LayoutPassing> = new Set(["moves", "copies", "reshapes", "permutes"]);

/**
 * Lets a model that takes pixels as whole numbers, and makes floats of them by a Cast further on, take floats. On pixels, it
 * computes the same; and what is downstream of the input has gradients.
 *
 * Ensures: if the one input holds whole numbers, it is float32, and what only moves them hands on floats.
 * @returns the model, and whether its pixels are those of files, from 0 to 255
 * @throws LimnError `unsupported` that names the node that computes in whole numbers
 */
export function takeFloats(model: Model): { readonly model: Model; readonly rawPixels: boolean } {
  const [input, ...others] = model.graph.inputs;
  if (!input || others.length > 0 || !PIXELS.has(input.dtype)) return { model, rawPixels: false };
  const whole = wholeNumbers(model, input);
  const { graph, successors } = rewrite(
    model.graph,
    (node, [x, ...rest], target) => {
      const [before] = node.inputs;
      if (!x || !before || !whole.has(before) || isMeasuring(node)) return undefined;
      if (node.opType === "Cast") return whole.has(node.output) || castTarget(node) === "float32" ? x : undefined;
      // x = (q - zero point) * scale
      if (node.opType === "DequantizeLinear") {
        const [scale, zero] = rest as [Value, Value?];
        return mul(zero ? sub(x, cast(zero, "float32")) : x, scale);
      }
      const [, , fill] = node.inputs;
      if (node.opType !== "Pad" || !fill) return undefined;
      const [pads, value, ...axes] = rest;
      const init = { name: node.name, opType: "Pad", inputs: [x, pads, cast(value as Value, "float32"), ...axes] };
      return target.append({ ...init, attributes: node.attributes }, [
        { name: node.output.name, dtype: "float32", shape: undefined },
      ]).outputs;
    },
    {
      input: ({ name, shape, declared }, target) => {
        const image = target.addInput(name, "float32", shape);
        if (declared) image.declared = declared;
        return image;
      },
    },
  );
  for (const value of whole) {
    const after = successors.get(value);
    if (after) after.dtype = "float32";
  }
  return { model: { ...model, graph }, rawPixels: true };
}

/** The values that hold the input's pixels as whole numbers, in whatever order. */
function wholeNumbers({ graph }: Model, input: Value): Set<Value> {
  const whole = new Set([input]);
  for (const node of graph.descendants([input])) {
    const [first, ...rest] = node.inputs;
    const reads = [...node.reads()].some((value) => whole.has(value));
    if (!reads || isMeasuring(node)) continue;
    // red, green and blue, in another order
    const joins = node.domain === "" && node.opType === "Concat" && node.inputs.every((v) => v && whole.has(v));
    if (joins) {
      whole.add(node.output);
      continue;
    }
    const readsOthers = [...rest, ...node.captures].some((value) => value && whole.has(value));
    if (!first || !whole.has(first) || readsOthers || !canTakeFloats(node, input)) refuse(node, input);
    const makesFloats = node.opType === "DequantizeLinear" || (node.opType === "Cast" && isFloat(castTarget(node)));
    if (!makesFloats) for (const output of node.outputs) if (output) whole.add(output);
  }
  return whole;
}

/** The type that a Cast gives. */
const castTarget = ({ at }: Node): DataType => dataTypeOf(at.int("to", 0));

/** What looks at a tensor's shape only. */
const isMeasuring = ({ domain, opType }: Node): boolean => domain === "" && (opType === "Shape" || opType === "Size");

function canTakeFloats(node: Node, { dtype }: Value): boolean {
  if (node.domain !== "") return false;
  if (node.opType === "Cast") {
    const to = castTarget(node);
    // 255 does not fit into int8
    return isFloat(to) || (PIXELS.has(to) && BYTES_PER_ELEMENT[to] >= BYTES_PER_ELEMENT[dtype ?? to]);
  }
  if (node.opType === "DequantizeLinear")
    return node.inputs.slice(1).every((v) => !v?.initializer || sizeOf(v.initializer.dims) === 1);
  // between whole numbers, interpolation rounds
  if (node.opType === "Resize") return node.at.string("mode", "nearest") === "nearest";
  return MOVING.has(factOf(node, "layout") ?? "ends");
}

function refuse({ label, opType }: Node, { name, dtype }: Value): never {
  throw new LimnError(
    "unsupported",
    `${label}: ${opType} computes in whole numbers on the input "${name}" of type ${dtype}, through which no gradient flows; export the model with a Cast to float32 right after its input`,
  );
}
