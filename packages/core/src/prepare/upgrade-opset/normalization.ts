import { LimnError } from "../../error.js";
import type { Value } from "../../graph/graph.js";
import {
  add,
  axesExcept,
  CHANNEL,
  cast,
  div,
  expand,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
} from "../../graph/math.js";
import { restate } from "../restate.js";
import { required, type Site, type Upgrade } from "./upgrade.js";

/** BatchNormalization: opset 9 dropped `spatial`, opset 14 training mode by number of outputs. */
export const batchNormalization: Upgrade = (site) => {
  const { node, at, inputs, graph } = site;
  if (at.int("spatial", 1) === 0) {
    throw new LimnError(
      "unsupported",
      `${node.label}: spatial=0 normalizes every pixel by itself, which ONNX dropped in opset 9; export the model again with opset_version=17`,
    );
  }
  if (at.int("training_mode", 0) === 1) return batchStatistics(site);
  if (node.outputs.some((_, i) => i > 0 && site.isRead(i))) {
    throw new LimnError(
      "unsupported",
      `${node.label}: its running statistics are read, so it is in training mode; export the model in inference mode (model.eval())`,
    );
  }
  return restate(node, inputs, graph, { without: ["spatial", "training_mode"] }).slice(0, 1);
};

/**
 * In training mode the batch gives the statistics:
 *
 *   y = (x - E[x]) / sqrt(Var[x] + epsilon) * scale + B      running' = momentum running + (1 - momentum) batch's
 */
function batchStatistics(site: Site): readonly Value[] {
  const { at, node } = site;
  const [x, scale, B, runningMean, runningVariance] = [0, 1, 2, 3, 4].map((i) => required(site, i)) as FiveValues;
  const channel = x.dims.map((_, i) => (i === CHANNEL ? -1 : 1));
  const perChannel = (v: Value) => reshape(v, channel);
  const axes = axesExcept(x, [CHANNEL]);
  const centered = sub(x, mean(x, axes));
  const variance = mean(square(centered), axes);
  const y = add(mul(div(centered, sqrt(add(variance, at.float("epsilon", 1e-5)))), perChannel(scale)), perChannel(B));
  if (node.outputs.length === 1) return [y];
  const momentum = at.float("momentum", 0.9);
  const update = (running: Value, batch: Value) => add(mul(running, momentum), mul(reshape(batch, [-1]), 1 - momentum));
  return [y, update(runningMean, mean(x, axes)), update(runningVariance, variance)];
}

type FiveValues = [Value, Value, Value, Value, Value];

/** GroupNormalization before 21: scale and bias per group; since then per channel. */
export const groupNormalization: Upgrade = (site) => {
  const { node, at, graph } = site;
  const x = required(site, 0);
  const groups = at.int("num_groups");
  const channels = x.dims[CHANNEL] as number;
  const perChannel = (v: Value) => reshape(expand(reshape(v, [groups, 1]), [groups, channels / groups]), [channels]);
  return restate(node, [x, perChannel(required(site, 1)), perChannel(required(site, 2))], graph);
};

/**
 * RMSNormalization, new in 23, over the axes from `axis` on:
 *
 *   y = x / sqrt(E[x^2] + epsilon) * scale
 */
export const rmsNormalization: Upgrade = (site) => {
  const { at } = site;
  const given = required(site, 0);
  const x = at.int("stash_type", 1) === 1 ? cast(given, "float32") : given;
  const axis = at.int("axis", -1);
  const axes = axis < 0 ? range(axis, 0) : range(axis, x.rank);
  const normal = div(x, sqrt(add(mean(square(x), axes), at.float("epsilon", 1e-5))));
  return mul(cast(normal, given.dtype ?? "float32"), required(site, 1));
};

/**
 * MeanVarianceNormalization over images and positions, or other axes; rewritten because ONNX Runtime can't infer its shape:
 *
 *   y = (x - E[x]) / sqrt(Var[x])
 */
export const meanVarianceNormalization: Upgrade = (site) => {
  const x = required(site, 0);
  const axes = site.at.ints("axes", [0, 2, 3]);
  const centered = sub(x, mean(x, axes));
  // so that channels without variance give 0, as ONNX has it
  return div(centered, add(sqrt(mean(square(centered), axes)), 1e-9));
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
