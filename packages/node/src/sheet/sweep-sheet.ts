import { type ColorMapName, isDiverging, type Picture, type Range, type Rectangle } from "@limn/core";
import type { PictureSize } from "../picture-explainer.js";
import { type Box, Drawing } from "./drawing.js";
import {
  drawColors,
  drawHead,
  drawHeading,
  drawNote,
  drawView,
  headHeight,
  number,
  subtitleLines,
} from "./elements.js";
import { BAR, DETAIL, GAP, HEADING_HEIGHT, LINE, MARGIN, NAME, TICK } from "./styles.js";
import { fitted, wrapped } from "./text.js";
import { imagePixels, imageSize, type TileLimits, tileWidth } from "./tile-size.js";

/** One map of a sweep. */
export interface SweepTile {
  /** The map laid over the sheet's picture, in its pixels. */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  readonly range: Range;
  /** How well the map finds the object; undefined if none is given. */
  readonly figures: string | undefined;
  /** Says what is wrong with a blank map. */
  readonly note: string | undefined;
}

export interface SweepSheetRow {
  readonly name: string;
  /** One a column; undefined if there is no map. */
  readonly tiles: readonly (SweepTile | undefined)[];
}

/** The part of a sheet that is about one class. */
export interface SweepSheetBlock {
  readonly heading: string;
  readonly rows: readonly SweepSheetRow[];
}

export interface SweepSheet {
  readonly title: string;
  readonly subtitle: string;
  /** In as many pixels as `sweepPixels` says. */
  readonly picture: Picture;
  /** Below the picture. */
  readonly caption: string;
  /** What the model saw of it, in its pixels. */
  readonly view: Rectangle;
  /** One per stage: its name, and its depth and size. */
  readonly columns: readonly { readonly name: string; readonly detail: string }[];
  readonly blocks: readonly SweepSheetBlock[];
  /** What the scales and figures mean. */
  readonly legend: string;
}

const LIMITS: TileLimits = { width: 190, tallest: 250, widest: 420, shortest: 90 };
const BETWEEN = 14;

/** From the top of a block: the heading, then the columns' heads. */
const COLUMN_NAME_AT = HEADING_HEIGHT + 14;
const COLUMN_DETAIL_AT = HEADING_HEIGHT + 30;
const COLUMNS_HEIGHT = HEADING_HEIGHT + 40;

/** From the top of a row: the method's name, then the images, and below them figures and the scale. */
const ROW_NAME_AT = 14;
const IMAGE_AT = 24;
const FIGURES_AT = 17;
const LINE_OF_FIGURES = 16;
const SCALE_AT = 15;
const CAPTION = 32;

/** The scales below all maps. */
const SCALE = 290;
const SCALE_HEIGHT = 46;

/** The pixels that a tile gives to a picture of this shape. */
export const sweepPixels = (picture: PictureSize): PictureSize => imagePixels(picture, LIMITS);

/** The sheet as PNG bytes: the picture, and the maps of each method from the first stage to the last. */
export const renderSweepSheet = (sheet: SweepSheet): Promise<Buffer> => drawSweepSheet(sheet).png();

export function drawSweepSheet(sheet: SweepSheet): Drawing {
  const tiles = sheet.blocks.flatMap(({ rows }) => rows).flatMap((row) => row.tiles);
  const width = tileWidth(sheet.picture, LIMITS);
  const image = imageSize(sheet.picture, LIMITS);
  const hasFigures = tiles.some((tile) => tile?.figures !== undefined);
  const scaleAt = SCALE_AT + (hasFigures ? LINE_OF_FIGURES : 0);
  const rowHeight = IMAGE_AT + image.height + CAPTION + (hasFigures ? LINE_OF_FIGURES : 0);
  const blockHeight = ({ rows }: SweepSheetBlock) => COLUMNS_HEIGHT + rows.length * rowHeight + GAP;

  const colors = [...new Set(tiles.flatMap((tile) => tile?.colors ?? []))];
  const maps = sheet.columns.length * (width + BETWEEN) - BETWEEN;
  const room = Math.max(width + GAP + maps, colors.length * (SCALE + GAP) - GAP);
  const subtitle = subtitleLines(sheet.subtitle, room);
  const head = headHeight(subtitle);
  const blocks = sheet.blocks.reduce((sum, block) => sum + blockHeight(block), 0);
  const legend = wrapped(sheet.legend, room, 3, DETAIL);
  const foot = legend.length * LINE + SCALE_HEIGHT;
  const drawing = new Drawing(room + 2 * MARGIN, head + blocks + foot + MARGIN);
  drawHead(drawing, sheet.title, subtitle, room);

  let top = head;
  for (const block of sheet.blocks) {
    drawHeading(drawing, block.heading, top, room);
    const left = MARGIN + width + GAP;
    sheet.columns.forEach(({ name, detail }, i) => {
      const x = left + i * (width + BETWEEN);
      drawing.text(fitted(name, width, NAME), x, top + COLUMN_NAME_AT, NAME);
      drawing.text(fitted(detail, width, DETAIL), x, top + COLUMN_DETAIL_AT, DETAIL);
    });
    const first = top + COLUMNS_HEIGHT;
    drawPicture(drawing, sheet, { x: MARGIN, y: first + IMAGE_AT, width, height: image.height });
    block.rows.forEach(({ name, tiles }, r) => {
      const y = first + r * rowHeight;
      drawing.text(fitted(name, maps, NAME), left, y + ROW_NAME_AT, NAME);
      tiles.forEach((tile, i) => {
        const box = { x: left + i * (width + BETWEEN), y: y + IMAGE_AT, width, height: image.height };
        if (tile) drawTile(drawing, sheet.picture, tile, box, scaleAt);
        else drawing.rectangle(box, 'fill="#ecebe7"');
      });
    });
    top += blockHeight(block);
  }
  colors.forEach((name, i) => {
    drawScale(drawing, name, MARGIN + i * (SCALE + GAP), top);
  });
  legend.forEach((line, i) => {
    drawing.text(line, MARGIN, top + SCALE_HEIGHT + 12 + i * LINE, DETAIL);
  });
  return drawing;
}

/** Where the picture is in its box. */
function imageBox(picture: Picture, box: Box): Box {
  const size = imageSize(picture, LIMITS);
  return { ...size, x: box.x + (box.width - size.width) / 2, y: box.y };
}

function drawPicture(drawing: Drawing, { picture, caption, view }: SweepSheet, box: Box): void {
  const image = imageBox(picture, box);
  drawing.pixels(picture.rgb, picture.width, picture.height, image.x, image.y);
  const framed = drawView(drawing, view, picture, image);
  const below = box.y + box.height;
  drawing.text(fitted(caption, box.width, DETAIL), box.x, below + FIGURES_AT, DETAIL);
  if (framed)
    drawing.text(fitted("seen: the frame", box.width, DETAIL), box.x, below + FIGURES_AT + LINE_OF_FIGURES, DETAIL);
}

function drawTile(drawing: Drawing, picture: Picture, tile: SweepTile, box: Box, scaleAt: number): void {
  const image = imageBox(picture, box);
  drawing.pixels(tile.rgb, picture.width, picture.height, image.x, image.y);
  const below = box.y + box.height;
  if (tile.note !== undefined) {
    drawNote(drawing, tile.note, box);
    drawing.text("blank", box.x, below + scaleAt, TICK);
    return;
  }
  if (tile.figures !== undefined) {
    drawing.text(fitted(tile.figures, box.width, DETAIL), box.x, below + FIGURES_AT, DETAIL);
  }
  const { low, high } = tile.range;
  const scale = [...(low > 0 ? [`0 = ${number(low)}`] : []), `1 = ${number(high)}`].join("  ·  ");
  drawing.text(fitted(scale, box.width, TICK), box.x, below + scaleAt, TICK);
}

/** The common scale of all maps with these colors; each map is shown relative to its own largest value. */
function drawScale(drawing: Drawing, colors: ColorMapName, x: number, y: number): void {
  const signed = isDiverging(colors);
  drawColors(drawing, colors, SCALE, x, y);
  const ticks = y + BAR + 12;
  drawing.text(signed ? "−1" : "0", x, ticks, TICK);
  drawing.text(signed ? "0" : "½", x + SCALE / 2, ticks, { ...TICK, anchor: "middle" });
  drawing.text("1", x + SCALE, ticks, { ...TICK, anchor: "end" });
  drawing.text(
    signed ? "maps with values on both sides of zero" : "maps with values of one sign",
    x,
    ticks + 16,
    DETAIL,
  );
}
