import * as v from "valibot";
import { gradientFrom } from "../backward.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import {
  abs,
  cast,
  div,
  less,
  matmul,
  max,
  maximum,
  mean,
  mul,
  reshape,
  spatialAxes,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  unsqueeze,
  where,
} from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { option } from "../option.js";
import { activatedness } from "../relevance/activated.js";
import { defineMethod } from "./define.js";

/**
 * Eigen-CAM (Muhammad and Yeasin 2020): the activations, a vector of K channels at each position, projected on the
 * direction in which they extend most. It knows nothing of the class.
 *
 *   A^T = U S V^T  [positions, K]      L = A^T v_1
 *
 * A direction has two signs. Downstream of an activation function, Limn takes the one whose components sum to 0 or more, so that
 * the map rises with the total activation. If the layer's values have both signs, a larger sum says nothing; there the map
 * rises with the score: v_1 . mean_ij dy/dA_ij is 0 or more. With `centered`, each channel's mean is subtracted first. Then v_1
 * is the first principal component in the statistical sense, and the map sums to 0: pytorch-grad-cam's definition.
 */
export const eigenCam = defineMethod({
  name: "eigen-cam",
  summary: "where a layer's activations are strongest, whatever the class: their first principal component",
  source: "Muhammad, Yeasin 2020, Eigen-CAM",
  family: "class activation maps",
  table: { runs: "1", aboutClass: "no", needs: "nothing but activations" },
  floating: true,
  usesLayer: true,
  // a sign only, for which a gradient of 0 does as well
  backward: "none",
  options: v.object({
    centered: option(v.boolean(), false, "take off each channel's mean first, as pytorch-grad-cam does"),
  }),
  // the sign is arbitrary, so only a map around its own mean has two sides to show
  signed: ({ centered }) => centered,
  variants: { "eigen-cam-centered": { centered: true } },
  map({ score, image, layer, layerSource }, { centered }) {
    const [N, K, ...spatial] = layer.dims as [number, number, ...number[]];
    const raw = reshape(cast(layer, "float32"), [N, K, sizeOf(spatial)]);
    const A = centered ? sub(raw, mean(raw, [2])) : raw;
    const direction = firstDirection(A);
    const isActivated = activatedness(image.graph.dependents([image]));
    const slope = isActivated(layer)
      ? undefined
      : slopeAlong(direction, () => layerSource.lay(gradientFrom(score.logits, score.seed).at(layerSource.value)));
    const upright = where(less(slope ?? sum(direction, [2]), 0), -1, direction.graph.constant("float32", [], [1]));
    return reshape(matmul(mul(direction, upright), A), [N, ...spatial]);
  },
});

/**
 * How the score changes along a direction of the channels; undefined if the network has no gradient.
 * @param direction [N, 1, K]
 * @returns [N, 1, 1]
 */
function slopeAlong(direction: Value, gradient: () => Value): Value | undefined {
  try {
    const G = cast(gradient(), "float32");
    return matmul(direction, reshape(mean(G, spatialAxes(G)), [G.dims[0] as number, G.dims[1] as number, 1]));
  } catch (error) {
    if (error instanceof LimnError && error.code === "unsupported") return undefined;
    throw error;
  }
}

/**
 * The first left singular vector, from the smaller of the two Gram matrices.
 * @param A [N, K, P]
 * @returns [N, 1, K] of length 1 and of either sign; 0 if A is 0
 */
function firstDirection(A: Value): Value {
  const [, K, P] = A.dims as [number, number, number];
  // at most 1, so that no square overflows
  const B = div(A, atLeastTiny(maximum(abs(A), [1, 2])));
  const Bt = transpose(B, [0, 2, 1]);
  const v = K <= P ? dominant(matmul(B, Bt)) : matmul(dominant(matmul(Bt, B)), Bt);
  return div(v, atLeastTiny(sqrt(sum(square(v), [2]))));
}

/** Number of squarings: s of them are 2^s power iterations, which leave (l_2 / l_1)^(2^s) of the second eigenvector. */
const SQUARINGS = 10;

/**
 * A multiple of the eigenvector of the largest eigenvalue, by power iteration on the matrix itself: G^(2^s), divided by
 * its largest entry, tends to v v^T. Its longest row can't be orthogonal to v, as a start vector could.
 * @param G symmetric, positive semidefinite: [N, n, n]
 * @returns [N, 1, n]
 */
function dominant(G: Value): Value {
  // the largest entry of such a matrix is on its diagonal, so it is positive
  const scaled = (x: Value) => div(x, atLeastTiny(maximum(x, [1, 2])));
  let power = scaled(G);
  for (let s = 0; s < SQUARINGS; s++) power = scaled(matmul(power, power));
  const { graph } = G;
  const longest = graph.emit("ArgMax", [sum(square(power), [2], false)], { axis: 1, keepdims: 0 });
  const depth = graph.constant("int64", [], [G.dims[1] as number]);
  const row = graph.emit("OneHot", [longest, depth, graph.constant("float32", [2], [0, 1])], { axis: -1 });
  return matmul(unsqueeze(row, [1]), power);
}

/** Keeps 0 / 0 from being NaN: at least the smallest float32 of full precision. */
const atLeastTiny = (x: Value): Value => max(x, 2 ** -126);
