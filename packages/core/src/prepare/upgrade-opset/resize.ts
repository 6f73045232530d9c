import { LimnError } from "../../error.js";
import type { Node, Value } from "../../graph/graph.js";
import { numbersOf, sizeOf } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import { required, type Upgrade } from "./upgrade.js";

/** Upsample: Resize by scales, so that pixel i of the result lies at i / scale of the input. */
export const upsample: Upgrade = (site) => {
  const { node, at, graph } = site;
  const scales = at.has("scales")
    ? graph.constant("float32", [at.floats("scales").length], at.floats("scales"))
    : required(site, 1);
  return restate(node, [required(site, 0), undefined, scales], graph, {
    opType: "Resize",
    without: ["scales"],
    attributes: { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
  });
};

/** Resize before 11: scales as second input, Upsample's coordinates; nearest rounds up if it shrinks. */
export const resizeByScales: Upgrade = (site) => {
  const scales = required(site, 1);
  return restate(site.node, [required(site, 0), undefined, scales], site.graph, {
    attributes: { coordinate_transformation_mode: "asymmetric", nearest_mode: roundingOf(scales, site.node) },
  });
};

function roundingOf(scales: Value, node: Node): "floor" | "ceil" {
  const numbers = (scales.initializer && numbersOf(scales.initializer)) ?? [];
  const shrinks = numbers.some((s) => s < 1);
  if (shrinks && numbers.some((s) => s > 1) && node.at.string("mode", "nearest") === "nearest") {
    throw new LimnError(
      "unsupported",
      `${node.label}: it enlarges one axis and shrinks another (scales ${numbers.join(", ")}), and opset 10 rounds the two differently; export the model again with opset_version=17`,
    );
  }
  return shrinks ? "ceil" : "floor";
}

/**
 * Resize since 11: drops inputs that are present but empty.
 *
 * Only opset 11 had tf_half_pixel_for_nn, a = (i + 1/2) / scale. With half_pixel's b = a - 1/2:
 *
 *   floor(a) = floor(b + 1/2), round_prefer_ceil of b      ceil(a - 1/2) = ceil(b), for round_prefer_floor of a
 */
export const resize: Upgrade = ({ node, at, inputs, graph }) => {
  const [x, ...rest] = inputs;
  const others = rest.map((v) => (v?.shape && sizeOf(v.shape) === 0 ? undefined : v));
  if (at.string("coordinate_transformation_mode", "half_pixel") !== "tf_half_pixel_for_nn") {
    return restate(node, [x, ...others], graph);
  }
  const rounding = at.string("nearest_mode", "round_prefer_floor");
  const nearest_mode = { floor: "round_prefer_ceil", round_prefer_floor: "ceil" }[rounding];
  if (!nearest_mode) {
    throw new LimnError(
      "unsupported",
      `${node.label}: tf_half_pixel_for_nn with nearest_mode ${rounding} exists in opset 11 only; export the model again with opset_version=17`,
    );
  }
  return restate(node, [x, ...others], graph, {
    attributes: { coordinate_transformation_mode: "half_pixel", nearest_mode },
  });
};

/** GridSample before 20: modes with names for images. */
export const gridSampleMode: Upgrade = ({ node, at, inputs, graph }) => {
  const mode = at.string("mode", "bilinear");
  const today = { bilinear: "linear", bicubic: "cubic" }[mode] ?? mode;
  return restate(node, inputs, graph, { attributes: { mode: today } });
};
