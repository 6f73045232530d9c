import { winOf } from "@limn/core";
import { type Claim, measured, type ObservedPicture } from "./claim.js";
import { type Columns, differenceFigure, type Figure, meanFigure } from "./figure.js";
import { bothMaps, GRAD_CAM, PLUS_PLUS } from "./two-grad-cams.js";

/** In percent: if both drops are the same except for rounding, neither map wins. */
const TIE = 1e-3;

export const maskedPictures: Claim = {
  number: 6,
  statement: "Grad-CAM++ wins on Average Drop, Increase in Confidence and Win %.",
  source: "Chattopadhay et al. 2018, tables 1 and 2",
  experiment:
    "The class's probability on the picture masked by each map at the last layer (black in raw pixels), picture by picture.",
  scenes: "",
  maps: bothMaps,
  observe,
  figures,
};

function observe(picture: ObservedPicture): Record<string, number> {
  const dropOf = (map: string) => Math.round(measured(picture, map, "averageDrop") / TIE) * TIE;
  const [drop, other] = [dropOf(PLUS_PLUS), dropOf(GRAD_CAM)];
  return {
    [`${PLUS_PLUS} drop`]: drop,
    [`${GRAD_CAM} drop`]: other,
    [`${PLUS_PLUS} increase`]: measured(picture, PLUS_PLUS, "increaseInConfidence"),
    [`${GRAD_CAM} increase`]: measured(picture, GRAD_CAM, "increaseInConfidence"),
    win: winOf(drop, other),
  };
}

function figures(columns: Columns): Figure[] {
  const less = (name: string, what: string, side: "above" | "below") =>
    differenceFigure(columns, `${PLUS_PLUS} ${name}`, `${GRAD_CAM} ${name}`, {
      what: `${what}, Grad-CAM++ less Grad-CAM`,
      unit: "%",
      claimed: { side, bound: 0 },
    });
  return [
    less("drop", "Average Drop", "below"),
    less("increase", "Increase in Confidence", "above"),
    meanFigure(columns, "win", { what: "Win of Grad-CAM++", unit: "%", claimed: { side: "above", bound: 50 } }),
  ];
}
