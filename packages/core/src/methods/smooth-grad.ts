import * as v from "valibot";
import { add, div, maximum, minimum, mul, square, sub } from "../graph/math.js";
import { normal } from "../graph/random.js";
import { option } from "../option.js";
import { defineIteratedMethod } from "./define.js";
import { isSigned, reduceChannels, reduceOption } from "./reduce.js";
import { countOption, randomSeedOption, samplesOf, stepsFor, weightedSum, zeros } from "./samples.js";

/**
 * SmoothGrad (Smilkov et al. 2017), sec. 3: the mean of the gradients of noisy copies of the picture.
 *
 *   M = 1/n sum_i dy_c/dI (I + N(0, sigma^2))      sigma = noise (max I - min I)
 *
 * With `squared`, each gradient is squared first (Hooker et al. 2019, SmoothGrad-Squared).
 */
export const smoothGrad = defineIteratedMethod({
  name: "smooth-grad",
  summary: "which pixels change the score most, over many noisy copies of the picture",
  source: "Smilkov, Thorat, Kim, Viegas, Wattenberg 2017, sec. 3",
  family: "gradients",
  table: { runs: "3 x 50", aboutClass: "yes", needs: "a gradient" },
  pixelwise: { smooth: 0.005 },
  usesLayer: false,
  options: v.object({
    samples: countOption(50, "noisy copies, each of which costs a run forward and back"),
    noise: option(
      v.pipe(v.number(), v.minValue(0), v.maxValue(10)),
      0.15,
      "the noise's deviation, as a share of the picture's range",
    ),
    squared: option(v.boolean(), false, "the mean of squared gradients, which lets no signs cancel"),
    reduce: reduceOption,
    seed: randomSeedOption,
  }),
  signed: (options) => isSigned(options) && !options.squared,
  steps: (context, { samples }) => stepsFor(samples, context),
  begin({ image }, { noise }) {
    const all = image.dims.map((_, axis) => axis);
    const range = sub(maximum(image, all), minimum(image, all));
    return { sigma: mul(range, noise), total: zeros(image, image.dims) };
  },
  step(context, { sigma, total }, { samples, squared, seed }) {
    const { image, step, batch, classify } = context;
    const noise = normal({ seed, stream: 0, step }, [batch, ...image.dims.slice(1)]);
    const g = classify(add(image, mul(sigma, noise))).gradient();
    const { live } = samplesOf(context, samples);
    return { total: add(total, weightedSum(live, squared ? square(g) : g)) };
  },
  end({ image, channelAxis }, { total }, { samples, reduce }) {
    return reduceChannels(div(total, samples), image, reduce, channelAxis);
  },
});
