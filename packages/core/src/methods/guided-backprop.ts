import { z } from "zod";
import { isRelu } from "../backward.js";
import { LimnError } from "../error.js";
import { defineMethod } from "./method.js";
import { isSigned, reduceChannels, reduceOption } from "./reduce.js";

/**
 * Guided backpropagation (Springenberg et al. 2015), sec. 3.4: the gradient by the image, with every
 * ReLU passing back only what is positive there.
 *
 *   dx = dy [y > 0] [dy > 0]
 */
export const guidedBackprop = defineMethod({
  name: "guided-backprop",
  summary: "a sharper gradient that keeps only positive influence at every ReLU",
  source: "Springenberg, Dosovitskiy, Brox, Riedmiller 2015, sec. 3.4",
  usesLayer: false,
  options: z.object({ reduce: reduceOption }),
  signed: isSigned,
  map({ image, score, classifier, guidedGradient, channelAxis }, { reduce }) {
    const { graph } = classifier.model;
    if (!graph.ancestors([score.logits]).some(isRelu)) {
      throw new LimnError(
        "not-applicable",
        "guided-backprop changes the gradient of ReLUs, and the model has none; use saliency",
      );
    }
    return reduceChannels(guidedGradient(score, image), image, reduce, channelAxis);
  },
});
