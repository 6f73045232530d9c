import { basename } from "node:path";
import { COVERAGE, IOU_THRESHOLD, LOC_DELTA, type Localization, type Picture } from "@limn/core";
import { type PictureExplainer, type PictureExplanation, scaled } from "../picture-explainer.js";
import type { DepthSweep, SweepCell, SweepStage } from "../sweep.js";
import { headingOf, predictionLine } from "./class-words.js";
import { drawnMap } from "./drawn-map.js";
import { resized } from "./resized.js";
import {
  type SweepSheet,
  type SweepSheetBlock,
  type SweepSheetRow,
  type SweepTile,
  sweepPixels,
} from "./sweep-sheet.js";

/** How bright the picture stays outside of the object. */
const OUTSIDE = 0.4;

/**
 * The sheet of a depth sweep: a block per class, a row per method, a column per stage.
 * @param object the pixels of the object that maps are to find, [height, width] of 0 and 1, if there is one
 */
export async function sweepSheetOf(
  explainer: PictureExplainer,
  { stages, blocks }: DepthSweep,
  object?: Uint8Array,
): Promise<SweepSheet> {
  const [{ explanation: first }] = blocks as [(typeof blocks)[number]];
  const picture = await resized(first.picture, sweepPixels(first.picture, stages.length));
  const drawn: SweepSheetBlock[] = [];
  for (const { explanation, rows } of blocks) {
    const drawnRows: SweepSheetRow[] = [];
    for (const { name, cells } of rows) {
      const tiles: (SweepTile | undefined)[] = [];
      for (const cell of cells) tiles.push(cell && (await tileOf(explainer, explanation, cell, picture)));
      drawnRows.push({ name, tiles });
    }
    drawn.push({ heading: headingOf(explanation), rows: drawnRows });
  }
  return {
    title: `${basename(first.path)}, from the first stage to the last`,
    subtitle: predictionLine(explainer.classifier.location, first.prediction),
    picture: object ? spotlit(picture, object, first.picture) : picture,
    caption: object ? "bright: the object" : "picture",
    view: scaled(first, picture),
    columns: stages.map((stage) => ({ name: stage.name, detail: detailOf(stage) })),
    blocks: drawn,
    legend: object ? `${SCALES} ${FIGURES}` : SCALES,
  };
}

async function tileOf(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  { map, localization }: SweepCell,
  picture: Picture,
): Promise<SweepTile> {
  return {
    ...(await drawnMap(explainer, { explanation, map }, picture)),
    figures: localization && figuresOf(localization),
    note: map.diagnosis?.message,
  };
}

const detailOf = ({ depth, height, width }: SweepStage): string =>
  `${Math.round(100 * depth)} % deep  ·  ${height} × ${width}`;

const SCALES = `1 stands for the value below each map; ${100 * COVERAGE} % of the map's values don't exceed it.`;
const FIGURES = `Loc where the map is above ${LOC_DELTA} of its range, IoU above ${IOU_THRESHOLD}; hit: its maximum lies on the object.`;

const figuresOf = ({ loc, iou, pointing }: Localization): string =>
  `Loc ${loc.toFixed(2)}  ·  IoU ${iou.toFixed(2)}  ·  ${pointing ? "hit" : "miss"}`;

/** The picture, darker outside of the object. */
function spotlit({ rgb, width, height }: Picture, object: Uint8Array, original: Picture): Picture {
  const lit = rgb.map((v, i) => {
    const pixel = Math.floor(i / 3);
    const x = Math.floor((((pixel % width) + 0.5) * original.width) / width);
    const y = Math.floor(((Math.floor(pixel / width) + 0.5) * original.height) / height);
    return object[y * original.width + x] === 1 ? v : v * OUTSIDE;
  });
  return { width, height, rgb: lit };
}
