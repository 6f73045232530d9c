import * as v from "valibot";
import { defineMethod } from "./define.js";
import { isSigned, reduceChannels, reduceOption } from "./reduce.js";

/**
 * Saliency (Simonyan et al. 2013), sec. 3.1.
 *
 *   M = max_c |dy / dI_c|
 */
export const saliency = defineMethod({
  name: "saliency",
  summary: "which pixels change the score most: the gradient by the image",
  source: "Simonyan, Vedaldi, Zisserman 2013, sec. 3.1",
  family: "gradients",
  table: { runs: "3", aboutClass: "yes", needs: "a gradient" },
  pixelwise: { smooth: 0.007 },
  byDefault: true,
  usesLayer: false,
  options: v.object({ reduce: reduceOption }),
  signed: isSigned,
  variants: { signed: { reduce: "signed" }, "input-x-gradient": { reduce: "input-x-gradient" } },
  map({ image, score, gradient, channelAxis }, { reduce }) {
    return reduceChannels(gradient(score, image), image, reduce, channelAxis);
  },
});
