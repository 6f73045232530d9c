import { type Claim, measured, type ObservedPicture } from "./claim.js";
import { type Columns, differenceFigure, type Figure, meanFigure } from "./figure.js";
import { neighborCorrelation } from "./pixels.js";
import { GRAD_CAM, PLUS_PLUS } from "./two-grad-cams.js";

const SALIENCY = "saliency";
const FAMILY = [GRAD_CAM, PLUS_PLUS, "relevance-cam"];

export const noisySaliency: Claim = {
  number: 1,
  statement: "Saliency is noisy and localizes worse than the CAM family.",
  source: "Smilkov et al. 2017; Selvaraju et al. 2017",
  experiment:
    "Saliency compared with the mean of Grad-CAM, Grad-CAM++ and Relevance-CAM at the last layer, picture by picture: the correlation of neighboring pixels, IoU at 0.5, and the share of the map's mass on the object. Maps of a coarse layer are enlarged, which makes them smooth whatever they show: read the first figure with that in mind.",
  scenes: "",
  maps: () => [SALIENCY, ...FAMILY].map((method) => ({ method })),
  observe,
  figures,
};

function observe(picture: ObservedPicture): Record<string, number> {
  const [, width] = picture.size;
  const smoothness = (map: string) => neighborCorrelation(picture.maps.get(map)?.placed ?? new Float32Array(), width);
  const family = (of: (map: string) => number) => FAMILY.reduce((sum, map) => sum + of(map) / FAMILY.length, 0);
  return {
    smoothness: smoothness(SALIENCY),
    "family smoothness": family(smoothness),
    iou: measured(picture, SALIENCY, "iou"),
    "family iou": family((map) => measured(picture, map, "iou")),
    energy: measured(picture, SALIENCY, "energyPointing"),
    "family energy": family((map) => measured(picture, map, "energyPointing")),
  };
}

function figures(columns: Columns): Figure[] {
  const less = (name: string, what: string) =>
    differenceFigure(columns, name, `family ${name}`, {
      what: `${what}, saliency less CAM family`,
      claimed: { side: "below", bound: 0 },
    });
  return [
    less("smoothness", "correlation of neighboring pixels"),
    less("iou", "IoU"),
    less("energy", "energy pointing"),
    meanFigure(columns, "smoothness", { what: "correlation of neighboring pixels, saliency" }),
  ];
}
