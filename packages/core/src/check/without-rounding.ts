import { isRelu } from "../backward.js";
import type { Classifier } from "../classifier.js";
import type { Node, Value } from "../graph/graph.js";
import { div, max, min, mul } from "../graph/math.js";
import { rewrite } from "../graph/rewrite.js";
import { alongAxis, RANGES } from "../ops/quantization.js";

/**
 * A quantized classifier as the network whose gradients are explained, for small steps to be seen: integers are the floats
 * that they are rounded from, in units of their scales and with 0 for their zero points; only a range that stands for a ReLU
 * cuts anything off.
 *
 * @returns the classifier itself where it rounds nothing on the way from the image
 */
export function withoutRounding(classifier: Classifier): Classifier {
  const { model, image, logits } = classifier;
  const path = new Set(model.graph.descendants([image]));
  if (![...path].some(({ opType }) => Object.hasOwn(UNROUNDED, opType))) return classifier;
  const { graph, successors } = rewrite(
    model.graph,
    (node, inputs) => {
      if (!path.has(node)) return undefined;
      return (
        UNROUNDED[node.opType]?.(node, inputs) ?? (node.outputs.some(isRounded) ? asFloats(node, inputs) : undefined)
      );
    },
    { outputs: [logits] },
  );
  const after = (value: Value) => successors.get(value) as Value;
  return { ...classifier, model: { ...model, graph }, image: after(image), logits: after(logits) };
}

type Inputs = readonly (Value | undefined)[];

const isRounded = (value: Value | undefined): boolean => RANGES[value?.dtype ?? "other"] !== undefined;

/** What only moves or compares numbers, such as a maximum: the same of floats. */
function asFloats(node: Node, inputs: Inputs): Inputs {
  const { name, opType, domain, attributes, operators } = node;
  const outputs = node.outputs.map((v) => v && { name: v.name, shape: v.shape, dtype: isRounded(v) ? FLOAT : v.dtype });
  const { graph } = inputs[0] as Value;
  return graph.intern({ name, opType, domain, inputs, attributes, operators }, outputs).outputs;
}

const FLOAT = "float32";

const UNROUNDED: Readonly<Record<string, (node: Node, inputs: Inputs) => Inputs>> = {
  QuantizeLinear: (node, inputs) => {
    const [x, scale] = inputs as [Value, Value];
    const units = div(x, alongAxis(scale, x, node.at, node));
    const [low = 0, high = 0] = RANGES[node.output.dtype ?? "other"] ?? [];
    return [isRelu(node) ? min(max(units, 0), high - low + 0.5) : units];
  },
  DequantizeLinear: (node, inputs) => {
    const [x, scale] = inputs as [Value, Value];
    return [mul(x, alongAxis(scale, x, node.at, node))];
  },
  // its scale, which other nodes read, cancels out
  DynamicQuantizeLinear: ({ name, opType, attributes, outputs }, inputs) => {
    const [x] = inputs as [Value];
    const types = outputs.map((v) => v && { name: `${v.name}/range`, dtype: v.dtype, shape: v.shape });
    const [, scale, zero] = x.graph.intern({ name: `${name}/range`, opType, inputs, attributes }, types).outputs;
    return [scale && div(x, scale), scale, zero];
  },
};
