import { INSTANCE_COVER, INSTANCE_DELTA } from "@limn/core";
import type { Claim, ObservedPicture } from "./claim.js";
import { type Columns, differenceFigure, type Figure, meanFigure } from "./figure.js";
import { areaOf, coverage } from "./pixels.js";
import { bothMaps, GRAD_CAM, PLUS_PLUS } from "./two-grad-cams.js";

/** Sizes of objects, as shares of the picture's area. */
const LARGE = 0.125;
const SMALL = 0.04;

/** A map that covers less than this share of an object covers only a part of it. */
const PART = 0.9;

/** A method that finds less than this share of the objects loses them. */
const LOST = 0.5;

const percent = (share: number): string => `${100 * share} %`;

export const objectSize: Claim = {
  number: 3,
  statement: "Grad-CAM highlights part of a large object and loses small ones; Grad-CAM++ covers more.",
  source: "Chattopadhay et al. 2018, sections 1 and 3",
  experiment: `Pictures with one object of the class: large ones take ${percent(LARGE)} of the picture or more, small ones ${percent(SMALL)} or less. A map covers a pixel where it is above ${INSTANCE_DELTA} of its range, and finds an object where it covers ${percent(INSTANCE_COVER)} of it. "Part" is taken as less than ${percent(PART)} of a large object, and "loses" as finding less than ${percent(LOST)} of the small ones.`,
  scenes: "instances=1,others=0",
  maps: bothMaps,
  observe,
  figures,
};

function observe({ own, maps }: ObservedPicture): Record<string, number> {
  const [object, second] = own ?? [];
  if (!object || second) return {};
  const area = areaOf(object.mask);
  const size = area >= LARGE ? "large" : area <= SMALL ? "small" : undefined;
  if (!size) return {};
  const row: Record<string, number> = {};
  for (const [map, { placed }] of maps) {
    const covered = coverage(placed, object.mask, INSTANCE_DELTA);
    row[`${size} ${map}`] = covered;
    row[`${size} ${map} found`] = covered >= INSTANCE_COVER ? 1 : 0;
  }
  return row;
}

function figures(columns: Columns): Figure[] {
  const more = (size: string) =>
    differenceFigure(columns, `${size} ${PLUS_PLUS}`, `${size} ${GRAD_CAM}`, {
      what: `share covered of ${size} objects, Grad-CAM++ less Grad-CAM`,
      claimed: { side: "above", bound: 0 },
    });
  return [
    meanFigure(columns, `large ${GRAD_CAM}`, {
      what: "share that Grad-CAM covers of large objects",
      claimed: { side: "below", bound: PART },
    }),
    meanFigure(columns, `small ${GRAD_CAM} found`, {
      what: "share of small objects that Grad-CAM finds",
      claimed: { side: "below", bound: LOST },
    }),
    more("large"),
    more("small"),
    meanFigure(columns, `small ${PLUS_PLUS} found`, { what: "share of small objects that Grad-CAM++ finds" }),
  ];
}
