import { type ColorMapName, isDiverging, type Line, type Picture, type Range, type Rectangle } from "@limn/core";
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
import { BAR, DETAIL, GAP, HEADING, HEADING_HEIGHT, LINE, MARGIN, NAME, TICK, WIDEST } from "./styles.js";
import { fitted, wrapped } from "./text.js";
import { imageSize, type TileLimits, tileWidth } from "./tile-size.js";

/** One map of a sweep. */
export interface SweepTile {
  /** The map laid over the sheet's picture, in its pixels. */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  readonly range: Range;
  /** Lines above it, in the same pixels. */
  readonly outline: readonly Line[];
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

const BETWEEN = 14;

/** Tiles that leave room for the picture and all columns on the widest sheet. */
function limitsFor(columns: number): TileLimits {
  const widest = Math.max(1, Math.floor((WIDEST - 2 * MARGIN - GAP - (columns - 1) * BETWEEN) / (columns + 1)));
  return { width: Math.min(220, widest), tallest: 290, widest: Math.min(420, widest), shortest: 90 };
}

/** From the top of a block: the heading, then the columns' heads. */
const COLUMN_NAME_AT = HEADING_HEIGHT + 16;
const COLUMN_DETAIL_AT = HEADING_HEIGHT + 37;
const COLUMNS_HEIGHT = HEADING_HEIGHT + 48;

/** From the top of a row: the method's name, then the images, and below them figures and the scale. */
const ROW_NAME_AT = 17;
const IMAGE_AT = 28;
const FIGURES_AT = 19;
const LINE_OF_FIGURES = LINE;
const SCALE_AT = 19;
const CAPTION = 40;

/** The scales below all maps. */
const SCALE = 290;
const SCALE_HEIGHT = 56;

/** The size of a picture of this shape in a tile. @param columns how many stages there are */
export const sweepPixels = (picture: PictureSize, columns: number): PictureSize =>
  imageSize(picture, limitsFor(columns));

/** The sheet as PNG bytes: the picture, and the maps of each method from the first stage to the last. */
export const renderSweepSheet = (sheet: SweepSheet): Promise<Buffer> => drawSweepSheet(sheet).encoded("png");

export function drawSweepSheet(sheet: SweepSheet): Drawing {
  const tiles = sheet.blocks.flatMap(({ rows }) => rows).flatMap((row) => row.tiles);
  const limits = limitsFor(sheet.columns.length);
  const width = tileWidth(sheet.picture, limits);
  const image = imageSize(sheet.picture, limits);
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
    drawHeading(drawing, [[fitted(block.heading, room, HEADING), HEADING]], MARGIN, top, room);
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
    drawing.text(line, MARGIN, top + SCALE_HEIGHT + 14 + i * LINE, DETAIL);
  });
  return drawing;
}

/** Where the picture is in its box: in the middle, if it is narrower. */
const imageBox = ({ width, height }: Picture, box: Box): Box => ({
  x: box.x + Math.floor((box.width - width) / 2),
  y: box.y,
  width,
  height,
});

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
  drawing.outline(tile.outline, image.x, image.y);
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
  const ticks = y + BAR + 16;
  drawing.text(signed ? "−1" : "0", x, ticks, TICK);
  drawing.text(signed ? "0" : "½", x + SCALE / 2, ticks, { ...TICK, anchor: "middle" });
  drawing.text("1", x + SCALE, ticks, { ...TICK, anchor: "end" });
  drawing.text(
    signed ? "maps with values on both sides of zero" : "maps with values of one sign",
    x,
    ticks + LINE,
    DETAIL,
  );
}
