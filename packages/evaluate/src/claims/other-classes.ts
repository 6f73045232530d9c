import type { Claim } from "./claim.js";
import { differenceFigure, meanFigure } from "./figure.js";
import { bothMaps, GRAD_CAM, measuredOfBoth, PLUS_PLUS } from "./two-grad-cams.js";

export const otherClasses: Claim = {
  number: 5,
  statement: "Grad-CAM++ leaks onto other classes.",
  source: "Lerma, Lucas 2022, about its weights, in which only positive gradients count",
  experiment:
    "Pictures that also have objects of other classes than the explained one, at the last layer: the share of the map's mass on those others, picture by picture.",
  scenes: "instances=1,others=1-2",
  maps: bothMaps,
  observe: (picture) => measuredOfBoth(picture, "otherClassLeak"),
  figures: (columns) => [
    differenceFigure(columns, PLUS_PLUS, GRAD_CAM, {
      what: "other-class leak, Grad-CAM++ less Grad-CAM",
      claimed: { side: "above", bound: 0 },
    }),
    meanFigure(columns, GRAD_CAM, { what: "other-class leak, Grad-CAM" }),
  ],
};
