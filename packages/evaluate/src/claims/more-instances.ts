import type { Claim, ObservedPicture } from "./claim.js";
import { type Columns, differenceFigure, type Figure } from "./figure.js";
import { bothMaps, GRAD_CAM, measuredOfBoth, PLUS_PLUS } from "./two-grad-cams.js";

export const moreInstances: Claim = {
  number: 4,
  statement: "Grad-CAM++ finds more instances.",
  source: "Chattopadhay et al. 2018, section 3",
  experiment:
    "Pictures with two or more objects of the class, at the last layer: instance recall, picture by picture. A map that marks everything finds all, which the difference in IoU would show.",
  scenes: "instances=2-5,others=0",
  maps: bothMaps,
  observe,
  figures,
};

function observe(picture: ObservedPicture): Record<string, number> {
  if ((picture.own ?? []).length < 2) return {};
  const ious = Object.entries(measuredOfBoth(picture, "iou")).map(([map, iou]) => [`${map} iou`, iou] as const);
  return { ...measuredOfBoth(picture, "instanceRecall"), ...Object.fromEntries(ious) };
}

function figures(columns: Columns): Figure[] {
  return [
    differenceFigure(columns, PLUS_PLUS, GRAD_CAM, {
      what: "instance recall, Grad-CAM++ less Grad-CAM",
      claimed: { side: "above", bound: 0 },
    }),
    differenceFigure(columns, `${PLUS_PLUS} iou`, `${GRAD_CAM} iou`, { what: "IoU, Grad-CAM++ less Grad-CAM" }),
  ];
}
