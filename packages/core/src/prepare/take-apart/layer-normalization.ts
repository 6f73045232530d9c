import { LimnError } from "../../error.js";
import { float } from "../../graph/attributes.js";
import type { Value } from "../../graph/graph.js";
import { add, gather, mul, sum } from "../../graph/math.js";
import { overRootMeanSquare, rmsNormalization } from "../upgrade-opset/normalization.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import { standard, type TakeApart } from "./part.js";

/** What these operators of ONNX Runtime's own add to a variance, unless they say otherwise. */
const EPSILON = 1e-12;

/** SkipLayerNormalization: y = LayerNorm(x + skip + bias), and the sum itself as its fourth output. */
export const skipLayerNormalization: TakeApart = (site) => {
  const total = totalOf(site, 4);
  const y = layerNorm(site, total, required(site, 2), site.inputs[3]);
  return [y, undefined, undefined, total];
};

/** SkipSimplifiedLayerNormalization: the same, over the root of the mean square. */
export const skipSimplifiedLayerNormalization: TakeApart = (site) => {
  const total = totalOf(site, 3);
  const y = mul(overRootMeanSquare(total, [-1], site.at.float("epsilon", EPSILON)), required(site, 2));
  return [y, undefined, undefined, total];
};

/**
 * The bias is that of the linear layer that gives x, so that it goes to x and not to the sum, of which `skip` has a share.
 * @param bias its position among the inputs
 */
function totalOf(site: Site, bias: number): Value {
  refuseStatistics(site);
  const [x, skip, b] = [required(site, 0), required(site, 1), site.inputs[bias]];
  return add(b ? add(x, b) : x, skip);
}

/** SimplifiedLayerNormalization, which ONNX calls RMSNormalization since 23. */
export const simplifiedLayerNormalization: TakeApart = (site) => {
  refuseStatistics(site);
  return rmsNormalization(site);
};

function refuseStatistics({ node, isRead }: Site): void {
  if (!node.outputs.some((_, i) => (i === 1 || i === 2) && isRead(i))) return;
  throw new LimnError(
    "unsupported",
    `${node.label}: its mean or deviation is read, as in training; export the model in inference mode`,
  );
}

const layerNorm = ({ node, at, graph }: Site, x: Value, gamma: Value, beta: Value | undefined): Value =>
  standard(
    graph,
    node,
    "LayerNormalization",
    [x, gamma, beta],
    { axis: -1, epsilon: float(at.float("epsilon", EPSILON)) },
    { dtype: x.dtype, shape: x.shape },
  );

/**
 * EmbedLayerNormalization: y = LayerNorm(words[ids] + positions[0, 1 ...] + segments[kinds]), the number of tokens that the
 * mask leaves, and the sum.
 */
export const embedLayerNormalization: TakeApart = (site) => {
  const { inputs, graph } = site;
  const [, kinds, , , segments, , beta, mask, positions] = inputs;
  const ids = required(site, 0);
  const rows = (table: Value, at: Value) => graph.emit("Gather", [table, at], { axis: 0 });
  const [batch, length] = ids.dims as [number, number];
  const inOrder = Array.from({ length }, (_, i) => i);
  const places = required(site, 3);
  const placed = add(rows(required(site, 2), ids), positions ? rows(places, positions) : gather(places, inOrder, 0));
  const total = segments && kinds ? add(placed, rows(segments, kinds)) : placed;
  const none = graph.constant("int32", [batch], new Array(batch).fill(0));
  return [layerNorm(site, total, required(site, 5), beta), mask ? sum(mask, [1], false) : none, total];
};
