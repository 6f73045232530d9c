import * as v from "valibot";
import { defineMethod } from "./define.js";
import { needsRelu } from "./needs-relu.js";
import { isSigned, reduceChannels, reduceOption } from "./reduce.js";

/**
 * Deconvolutional network (Zeiler and Fergus 2014), sec. 2.1: the gradient by the image, except that ReLUs pass back
 * what is positive there, even if the unit itself was inactive.
 *
 *   dx = dy [dy > 0]
 */
export const deconvnet = defineMethod({
  name: "deconvnet",
  summary: "a gradient whose ReLUs ask what is positive on the way back, not what was active",
  source: "Zeiler, Fergus 2014, sec. 2.1",
  family: "gradients",
  table: { runs: "3", aboutClass: "hardly", needs: "ReLUs, max pooling" },
  pixelwise: { smooth: 0 },
  usesLayer: false,
  backward: "deconv",
  options: v.object({ reduce: reduceOption }),
  signed: isSigned,
  map({ image, score, gradient, channelAxis }, { reduce }) {
    needsRelu("deconvnet", score);
    return reduceChannels(gradient(score, image), image, reduce, channelAxis);
  },
});
