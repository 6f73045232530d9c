import * as v from "valibot";
import { defineMethod } from "./define.js";
import { needsRelu } from "./needs-relu.js";
import { isSigned, reduceChannels, reduceOption } from "./reduce.js";

/**
 * Guided backpropagation (Springenberg et al. 2015), sec. 3.4: the gradient by the image, except that every active ReLU
 * passes back only what is positive there.
 *
 *   dx = dy [y > 0] [dy > 0]
 */
export const guidedBackprop = defineMethod({
  name: "guided-backprop",
  summary: "a sharper gradient that keeps only positive influence at every ReLU",
  source: "Springenberg, Dosovitskiy, Brox, Riedmiller 2015, sec. 3.4",
  family: "gradients",
  table: { runs: "3", aboutClass: "hardly", needs: "ReLUs" },
  pixelwise: { smooth: 0 },
  usesLayer: false,
  backward: "guided",
  options: v.object({ reduce: reduceOption }),
  signed: isSigned,
  map({ image, score, gradient, channelAxis }, { reduce }) {
    needsRelu("guided-backprop", score);
    return reduceChannels(gradient(score, image), image, reduce, channelAxis);
  },
});
