import { float } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import { CHANNEL, expand } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { sameShape } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import { alongOnly, isPlain, uniformOf } from "./matching.js";

/**
 * Writes group normalization as one node, where exporters normalize the groups as instances, and scale and shift their channels
 * afterwards:
 *
 *   GroupNormalization(x, scale, b) = Reshape(InstanceNormalization(Reshape(x), 1, 0)) scale + b
 *
 * Requires: inferred types, folded constants. Ensures: GroupNormalization holds the scale and the bias of its channels.
 */
export function recognizeGroupNormalization(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, inputs) => {
    if (isPlain(node, "Reshape")) return normalized(node, inputs);
    const { norm, constant } = withConstant(inputs);
    const [x, scale, b] = norm?.inputs ?? [];
    if (!norm || !constant || !x || !scale || !b || uniformOf(b) !== 0) return undefined;
    if (isPlain(node, "Add")) return groupNormalization(node, norm, [x, scale, constant]);
    return isPlain(node, "Mul") && uniformOf(scale) === 1
      ? groupNormalization(node, norm, [x, constant, b])
      : undefined;
  });
  return { ...model, graph };
}

type Inputs = readonly (Value | undefined)[];

/** Groups that are normalized as channels of their own, and become channels again. */
function normalized(node: Node, [y]: Inputs): Value | undefined {
  const norm = y?.producer;
  const [groups, scale, b] = norm?.inputs ?? [];
  const [x] = isPlain(groups?.producer, "Reshape") ? groups.producer.inputs : [];
  const { shape } = node.output;
  if (!isPlain(norm, "InstanceNormalization") || !groups?.shape || !x?.shape || !shape || !sameShape(x.shape, shape)) {
    return undefined;
  }
  const [images, channels] = shape as [number, number];
  const [among, count] = groups.dims as [number, number];
  const [factor, shift] = [scale && uniformOf(scale), b && uniformOf(b)];
  if (among !== images || channels % count !== 0 || factor === undefined || shift === undefined) return undefined;
  const all = (v: number) => x.graph.constant(x.dtype ?? "float32", [channels], new Array(channels).fill(v));
  return groupNormalization(node, norm, [x, all(factor), all(shift)], count);
}

const groupNormalization = (node: Node, norm: Node, inputs: Inputs, groups = norm.at.int("num_groups", 1)) =>
  restate(node, inputs, (inputs[0] as Value).graph, {
    opType: "GroupNormalization",
    without: [...node.attributes.keys()],
    attributes: { num_groups: groups, epsilon: float(norm.at.float("epsilon", 1e-5)) },
  })[0];

/** A GroupNormalization and a constant with a number for each of its channels. */
function withConstant([a, b]: Inputs): { norm?: Node; constant?: Value } {
  const norm = [a?.producer, b?.producer].find((producer) => isPlain(producer, "GroupNormalization"));
  const given = norm && (norm === a?.producer ? b : a);
  const constant = given && alongOnly([CHANNEL], norm.output, given);
  return norm && constant ? { norm, constant: expand(constant, [norm.output.dims[CHANNEL] as number]) } : {};
}
