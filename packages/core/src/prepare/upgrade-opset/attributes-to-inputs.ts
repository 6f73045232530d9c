import { LimnError } from "../../error.js";
import { scalar } from "../../graph/math.js";
import { restate } from "../restate.js";
import { required, type Upgrade } from "./upgrade.js";

// Between opset 9 and 18, ONNX turned attributes into inputs, so that models can compute them.

/** Clip before 11: attributes min and max. */
export const clipBounds: Upgrade = (site) => {
  const { node, at, graph } = site;
  const x = required(site, 0);
  const bound = (name: string) => (at.has(name) ? scalar(at.float(name), x) : undefined);
  return restate(node, [x, bound("min"), bound("max")], graph, { without: ["min", "max"] });
};

/** Pad before 11: attributes pads and value. */
export const padSizes: Upgrade = (site) => {
  const { node, at, graph } = site;
  const x = required(site, 0);
  const value = at.string("mode", "constant") === "constant" ? scalar(at.float("value", 0), x) : undefined;
  return restate(node, [x, graph.ints(at.ints("pads")), value], graph, { without: ["pads", "value"] });
};

/** Slice before 10: attributes starts, ends and axes. */
export const sliceRanges: Upgrade = ({ node, at, inputs, graph }) => {
  const ranges = [at.ints("starts"), at.ints("ends"), ...(at.has("axes") ? [at.ints("axes")] : [])];
  return restate(node, [inputs[0], ...ranges.map((r) => graph.ints(r))], graph, {
    without: ["starts", "ends", "axes"],
  });
};

/** Squeeze, Unsqueeze and ReduceSum before 13, other reductions before 18: attribute axes. */
export const axes: Upgrade = ({ node, at, inputs, graph }) => {
  const given = at.ints("axes", []);
  return restate(node, [inputs[0], given.length > 0 ? graph.ints(given) : undefined], graph, { without: ["axes"] });
};

/** Split before 13: attribute split; before 18: no count for equal parts. */
export const splitSizes: Upgrade = ({ node, at, inputs, graph }) => {
  const sizes = at.has("split") ? graph.ints(at.ints("split")) : inputs[1];
  return restate(node, [inputs[0], sizes], graph, {
    without: ["split"],
    attributes: { num_outputs: sizes ? undefined : node.outputs.length },
  });
};

/** TopK before 10: attribute k. */
export const topCount: Upgrade = ({ node, at, inputs, graph }) =>
  restate(node, [inputs[0], graph.ints([at.int("k")])], graph, { without: ["k"] });

/** DFT before 20: attribute axis, default 1. */
export const transformAxis: Upgrade = ({ node, at, inputs, graph }) => {
  const axis = graph.constant("int64", [], [at.int("axis", 1)]);
  return restate(node, [inputs[0], inputs[1], axis], graph, { without: ["axis"] });
};

/** Dropout before 12: attribute ratio, and always inference, in which it does nothing. */
export const dropoutRatio: Upgrade = (site) => {
  const { node, inputs, graph } = site;
  if (site.isRead(1)) {
    throw new LimnError(
      "unsupported",
      `${node.label}: the model reads the mask of Dropout, which has no defined value before opset 12; export the model again with opset_version=17`,
    );
  }
  return restate(node, [inputs[0]], graph, { without: ["ratio"] }).slice(0, 1);
};
