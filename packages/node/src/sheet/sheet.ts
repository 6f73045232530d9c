import type { ColorMapName, Picture, Range, Rectangle } from "@limn/core";
import type { PictureSize } from "../picture-explainer.js";
import { type Box, Drawing } from "./drawing.js";
import {
  drawColors,
  drawHead,
  drawHeading,
  drawNote,
  drawView,
  headHeight,
  noteHeight,
  number,
  subtitleLines,
} from "./elements.js";
import { byFamily } from "./families.js";
import { BAR, DETAIL, FAMILY, GAP, HEADING_HEIGHT, MARGIN, NAME, TICK } from "./styles.js";
import { fitted, fittedTail, widthOf } from "./text.js";
import { imagePixels, imageSize, type TileLimits, tileWidth } from "./tile-size.js";

/** One map on a sheet. */
export interface SheetMap {
  /** The map laid over the sheet's picture, in its pixels. */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  readonly range: Range;
  /** Maps of one family are drawn together, below its name. */
  readonly family: string;
  readonly title: string;
  /** The layer's stage and the map's size, written below the title. */
  readonly facts: string;
  /** A tensor's name; if there is no room, its end is shown. */
  readonly tensor: string | undefined;
  /** Says what is wrong with a blank map. */
  readonly note: string | undefined;
  /** What the low and the high end of the colors speak for, if that needs words. */
  readonly ends?: readonly [low: string, high: string];
}

/** A row of a sheet: the maps of one class, or what tells two classes apart. */
export interface SheetRow {
  readonly heading: string;
  readonly maps: readonly SheetMap[];
}

export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  /** In as many pixels as `tilePixels` says. */
  readonly picture: Picture;
  /** What the model saw of it, in its pixels. */
  readonly view: Rectangle;
  readonly rows: readonly SheetRow[];
}

/** The part of a sheet that all of its tiles share. */
export type SheetPicture = Pick<Sheet, "picture" | "view">;

const LIMITS: TileLimits = { width: 260, tallest: 340, widest: 683, shortest: 130 };
/** Seven usual tiles, two of the widest. */
const ROOM = 7 * LIMITS.width + 6 * GAP;
/** The width over height that the number of columns aims at: that of screens. */
const SHAPE = 1.6;
/** How much the share of empty places counts, compared with the logarithm of how far the shape is off. */
const EMPTINESS = 6;

/** Below the image, from its lower edge: baselines of title and details, the bar's top, the ticks' baseline. */
const TITLE_AT = 19;
const DETAIL_AT = 35;
const BAR_AT = 44;
const TICKS_AT = BAR_AT + BAR + 12;
const CAPTION = TICKS_AT + 4;

/** Above the tiles of a line that have the names of families. */
const FAMILY_HEIGHT = 20;

/** Between the texts at the two ends of a bar. */
const APART = 24;

/** The pixels that a tile gives to a picture of this shape. */
export const tilePixels = (picture: PictureSize): PictureSize => imagePixels(picture, LIMITS);

/** What all tiles have in common. */
interface Tile {
  readonly width: number;
  /** The height of the box that holds the picture in its middle: higher than the picture if a note needs it. */
  readonly boxHeight: number;
  readonly height: number;
}

function tileOf(picture: PictureSize, maps: readonly SheetMap[]): Tile {
  const width = tileWidth(picture, LIMITS);
  const notes = maps.map(({ note }) => (note === undefined ? 0 : noteHeight(note, width)));
  const boxHeight = Math.max(imageSize(picture, LIMITS).height, ...notes);
  return { width, boxHeight, height: boxHeight + CAPTION };
}

/** The comparison sheet as PNG bytes: the picture, and each map laid over it with its color bar and caption. */
export const renderSheet = (sheet: Sheet): Promise<Buffer> => drawSheet(sheet).png();

/** One map with its color bar and caption as PNG bytes. */
export const renderTile = (sheet: SheetPicture, map: SheetMap): Promise<Buffer> => drawTile(sheet, map).png();

export function drawSheet(sheet: Sheet): Drawing {
  const tile = tileOf(
    sheet.picture,
    sheet.rows.flatMap((row) => row.maps),
  );
  const columns = columnsFor(sheet.rows, tile);
  const linesOf = (row: SheetRow) => Math.ceil((row.maps.length + 1) / columns);
  const above =
    new Set(sheet.rows.flatMap(({ maps }) => maps.map(({ family }) => family))).size > 1 ? FAMILY_HEIGHT : 0;
  const lineHeight = above + tile.height + GAP;
  const rowHeight = (row: SheetRow) => HEADING_HEIGHT + linesOf(row) * lineHeight;

  const room = columns * tile.width + (columns - 1) * GAP;
  const subtitle = subtitleLines(sheet.subtitle, room);
  const header = headHeight(subtitle);
  const height = header + sheet.rows.reduce((sum, row) => sum + rowHeight(row), 0) + MARGIN - GAP;
  const drawing = new Drawing(room + 2 * MARGIN, height);
  drawHead(drawing, sheet.title, subtitle, room);

  let top = header;
  for (const row of sheet.rows) {
    drawHeading(drawing, row.heading, top, room);
    const place = (i: number): Place => ({
      x: MARGIN + (i % columns) * (tile.width + GAP),
      y: top + HEADING_HEIGHT + Math.floor(i / columns) * lineHeight + above,
    });
    drawPicture(drawing, sheet, tile, place(0));
    const maps = byFamily(row.maps.map(({ family }) => family)).map((i) => row.maps[i] as SheetMap);
    maps.forEach((map, i) => {
      const at = place(i + 1);
      const begins = map.family !== maps[i - 1]?.family || (i + 1) % columns === 0;
      if (above > 0 && begins) drawing.text(fitted(map.family, tile.width, FAMILY), at.x, at.y - 8, FAMILY);
      drawMap(drawing, sheet.picture, tile, map, at);
    });
    top += rowHeight(row);
  }
  return drawing;
}

export function drawTile({ picture }: SheetPicture, map: SheetMap): Drawing {
  const tile = tileOf(picture, [map]);
  const drawing = new Drawing(tile.width + 2 * GAP, tile.height + 2 * GAP);
  drawMap(drawing, picture, tile, map, { x: GAP, y: GAP });
  return drawing;
}

/** The number of columns that fills the lines evenly and gives the sheet about the shape of a screen. */
function columnsFor(rows: readonly SheetRow[], { width, height }: Tile): number {
  const tiles = rows.map((row) => row.maps.length + 1);
  const filled = tiles.reduce((sum, n) => sum + n, 0);
  const most = Math.min(Math.max(1, ...tiles), Math.floor((ROOM + GAP) / (width + GAP)));
  const misfit = (columns: number) => {
    const lines = tiles.reduce((sum, n) => sum + Math.ceil(n / columns), 0);
    const shape = (columns * (width + GAP)) / (lines * (height + GAP) + rows.length * HEADING_HEIGHT);
    return Math.abs(Math.log(shape / SHAPE)) + EMPTINESS * (1 - filled / (lines * columns));
  };
  const choices = Array.from({ length: most }, (_, i) => i + 1);
  return choices.reduce((best, columns) => (misfit(columns) < misfit(best) ? columns : best));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function imagePlace(picture: PictureSize, { width, boxHeight }: Tile, { x, y }: Place): Box {
  const size = imageSize(picture, LIMITS);
  return { x: x + (width - size.width) / 2, y: y + (boxHeight - size.height) / 2, ...size };
}

function drawPicture(drawing: Drawing, { picture, view }: SheetPicture, tile: Tile, place: Place): void {
  const image = imagePlace(picture, tile, place);
  drawing.pixels(picture.rgb, picture.width, picture.height, image.x, image.y);
  const framed = drawView(drawing, view, picture, image);
  const below = place.y + tile.boxHeight;
  drawing.text("picture", place.x, below + TITLE_AT, NAME);
  const note = framed ? "the model saw what the frame holds" : "the model saw all of it";
  drawing.text(fitted(note, tile.width, DETAIL), place.x, below + DETAIL_AT, DETAIL);
}

function drawMap(drawing: Drawing, picture: Picture, tile: Tile, map: SheetMap, place: Place): void {
  const image = imagePlace(picture, tile, place);
  drawing.pixels(map.rgb, picture.width, picture.height, image.x, image.y);
  const below = place.y + tile.boxHeight;
  drawing.text(fitted(map.title, tile.width, NAME), place.x, below + TITLE_AT, NAME);
  drawing.text(detailOf(map, tile.width), place.x, below + DETAIL_AT, DETAIL);
  if (map.note === undefined) {
    drawBar(drawing, map, tile.width, { x: place.x, y: below + BAR_AT });
    return;
  }
  drawNote(drawing, map.note, { ...place, width: tile.width, height: tile.boxHeight });
  drawing.rectangle({ x: place.x, y: below + BAR_AT, width: tile.width, height: BAR }, 'fill="#ecebe7"');
  drawing.text("no scale: the map is blank", place.x, below + TICKS_AT, TICK);
}

/** The facts, then as much of the tensor's name as there is room for. */
function detailOf({ facts, tensor }: SheetMap, width: number): string {
  if (tensor === undefined) return fitted(facts, width, DETAIL);
  const before = `${facts}  ·  `;
  return fitted(before + fittedTail(tensor, width - widthOf(before, DETAIL), DETAIL), width, DETAIL);
}

function drawBar(drawing: Drawing, { colors, range, ends }: SheetMap, width: number, { x, y }: Place): void {
  drawColors(drawing, colors, width, x, y);
  const beyond = (value: number, sign: string) => (range.clipped ? `${sign} ${number(value)}` : number(value));
  const ticks = y - BAR_AT + TICKS_AT;
  const { low, high } = range;
  const [left, right] = [low < 0 ? beyond(low, "<") : number(low), beyond(high, ">")];
  if (low < 0 && low === -high) drawing.text("0", x + width / 2, ticks, { ...TICK, anchor: "middle" });
  const half = (width - APART) / 2;
  const [against = "", towards = ""] = ends ?? [];
  drawing.text(fitted([left, against].filter(Boolean).join("  "), half, TICK), x, ticks, TICK);
  const name = fitted(towards, half - widthOf(`  ${right}`, TICK), TICK);
  drawing.text([name, right].filter(Boolean).join("  "), x + width, ticks, { ...TICK, anchor: "end" });
}
