import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { counted, magnified, toUnitRange } from "../graph/interpolation.js";
import {
  CHANNEL,
  cast,
  equal,
  expand,
  min,
  mul,
  relu,
  reshape,
  slice,
  softmax,
  sum,
  unsqueeze,
  where,
} from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { option } from "../option.js";
import { defineIteratedMethod } from "./define.js";
import { pictureSize, samplesOf, stepsFor } from "./samples.js";

/**
 * Score-CAM (Wang et al. 2020), eqs. 4-8: activations weighted by the score that the picture keeps if each of them is the
 * mask through which the network sees it.
 *
 *   H_k = norm(Up(A_k))      alpha = softmax_k(y_c(I * H_k) - y_c(0))      L = ReLU(sum_k alpha_k A_k)
 *
 * norm is (x - min) / (max - min), and 0 where a channel is constant. The score of the black picture, y_c(0), cancels in
 * the softmax. With `weights: "probability"`, alpha_k is the class's probability itself, as in the authors' code.
 */
export const scoreCam = defineIteratedMethod({
  name: "score-cam",
  summary: "regions of a layer, each channel weighted by the score of what it shows of the picture; needs no gradients",
  source: "Wang et al. 2020, eqs. 4-8",
  family: "class activation maps",
  table: { runs: "1 a channel", aboutClass: "yes", needs: "nothing but scores" },
  usesLayer: true,
  options: v.object({
    weights: option(
      v.picklist(["softmax", "probability"]),
      "softmax",
      "softmax: over the channels' logits, as in the paper; probability: each channel's own, as in the authors' code",
    ),
    upsampling: option(
      v.picklist(["half-pixel", "align-corners"]),
      "half-pixel",
      "how a channel is laid on the picture: by areas, as maps are shown, or corner on corner, as in pytorch-grad-cam",
    ),
  }),
  signed: () => false,
  steps: (context) => stepsFor(channelsOf(context.layer), context),
  begin(context, { weights }) {
    const A = cast(context.layer, "float32");
    // channels that are yet to come have no weight
    const none = A.graph.constant("float32", [], [weights === "softmax" ? Number.NEGATIVE_INFINITY : 0]);
    return { A, scores: expand(none, [stepsFor(channelsOf(A), context), context.batch]) };
  },
  step(context, { A, scores }, { weights, upsampling }) {
    const { image, channelAxis, step, batch, classify } = context;
    const { index } = samplesOf(context, channelsOf(A));
    const k = min(index, channelsOf(A) - 1);
    const channels = reshape(A.graph.emit("Gather", [A, k], { axis: CHANNEL }), [batch, ...A.dims.slice(2)]);
    const H = toUnitRange(magnified(channels, pictureSize(image, channelAxis), upsampling === "align-corners"));
    const { score, probability } = classify(mul(image, unsqueeze(H, [channelAxis])));
    const steps = scores.dims[0] as number;
    const row = equal(reshape(cast(counted(scores, steps), "int64"), [steps, 1]), step);
    return { scores: where(row, unsqueeze(weights === "softmax" ? score : probability, [0]), scores) };
  },
  end(_, { A, scores }, { weights }) {
    const K = channelsOf(A);
    const each = slice(reshape(scores, [1, sizeOf(scores.dims)]), [{ axis: 1, start: 0, end: K }]);
    const alpha = reshape(weights === "softmax" ? softmax(each, 1) : each, [1, K, 1, 1]);
    return relu(sum(mul(alpha, A), [CHANNEL], false));
  },
});

const channelsOf = ({ dims }: Value): number => dims[CHANNEL] as number;
