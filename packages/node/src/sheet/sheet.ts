import { type ColorMapName, isDiverging, type Line, type Picture, type Range, type Rectangle } from "@limn/core";
import type { PictureSize } from "../picture-explainer.js";
import { Drawing, type PictureFormat } from "./drawing.js";
import {
  drawColors,
  drawHead,
  drawHeading,
  drawNote,
  drawView,
  headHeight,
  headingHeight,
  headingLines,
  noteHeight,
  number,
  subtitleLines,
} from "./elements.js";
import { byFamily } from "./families.js";
import { BAR, DETAIL, FAMILY, GAP, LINE, MARGIN, NAME, NOTE, TICK, WIDEST, WORDS } from "./styles.js";
import { fitted, fittedTail, type TextStyle, widthOf, wrapped } from "./text.js";
import { imageSize, type TileLimits, tileWidth } from "./tile-size.js";

/** One map on a sheet. */
export interface SheetMap {
  /** The map as it is drawn, in the pixels of the sheet's picture. */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  readonly range: Range;
  /** Lines above it, in the same pixels. */
  readonly outline: readonly Line[];
  /** Maps of one family are drawn together, below its name. */
  readonly family: string;
  /** How many values the map has: coarse maps come first. */
  readonly values: number;
  /** The method's name. */
  readonly title: string;
  /** What the method shows, in words. */
  readonly words: string;
  /** Which other methods show the same. */
  readonly same: string | undefined;
  /** The class, its probability and the model. */
  readonly about: string;
  /** The options that were chosen for it. */
  readonly chosen: string | undefined;
  /** The map's size and its layer's stage, and what was done to it for show. */
  readonly facts: string;
  /** A tensor's name; if there is no room, its end is shown. */
  readonly tensor: string | undefined;
  /** What makes the map doubtful, in a few words. */
  readonly caution: string | undefined;
  /** Says what is wrong with a blank map. */
  readonly note: string | undefined;
  /** What the low and the high end of the colors speak for. */
  readonly ends: readonly [low: string, high: string];
}

/** A row of a sheet: the maps of one class, or what tells two classes apart. */
export interface SheetRow {
  readonly heading: string;
  readonly maps: readonly SheetMap[];
}

/** A class that the model takes the picture for. */
export interface SheetPrediction {
  readonly name: string;
  /** The probability or value as people read it. */
  readonly certainty: string;
  /** How long its bar is, 0 to 1; undefined for none. */
  readonly share: number | undefined;
}

export interface Sheet {
  readonly title: string;
  readonly subtitle: string;
  /** In the size that `tilePixels` says. */
  readonly picture: Picture;
  /** What the model saw of it, in its pixels. */
  readonly view: Rectangle;
  /** The most probable classes, below the picture. */
  readonly predictions: readonly SheetPrediction[];
  /** How maps are to be read, below that. */
  readonly legend: readonly string[];
  readonly rows: readonly SheetRow[];
}

/** The part of a sheet that all of its tiles share. */
export type SheetPicture = Pick<Sheet, "picture">;

/** Five usual tiles are as wide as a sheet may be, and so are two of the widest. */
const LIMITS: TileLimits = { width: 288, tallest: 384, widest: 756, shortest: 150 };

/** The room for tiles on the widest sheet. */
const ROOM = WIDEST - 2 * MARGIN;

/** Below the image, from its lower edge: the baseline of the title; from there, of the first line of words. */
const TITLE_AT = 26;
const WORDS_AT = TITLE_AT + 22;
/** From the lowest line: the bar's top, the ticks' baseline, and the tile's lower edge. */
const BAR_AT = 12;
const TICKS_AT = BAR_AT + BAR + 16;
const TILE_END = TICKS_AT + 6;

/** The most lines of words, of methods that show the same, of what they are about, of options, and of what makes them doubtful. */
const [WORD_LINES, SAME_LINES, ABOUT_LINES, CHOSEN_LINES, CAUTION_LINES] = [3, 4, 2, 3, 2];

/** Above the tiles of a line that have the names of families. */
const FAMILY_HEIGHT = 24;

/** Between the texts at the ends of a bar. */
const APART = 8;
/** The least room in which the beginning of a name can be read. */
const READABLE = 60;

/** The size of a picture of this shape in a tile. */
export const tilePixels = (picture: PictureSize): PictureSize => imageSize(picture, LIMITS);

/** What all tiles have in common. */
interface Tile {
  readonly width: number;
  /** The height of the box that holds the picture at its top: higher than the picture if a note needs it. */
  readonly boxHeight: number;
  /** How many lines each has room for below its title. */
  readonly lines: number;
  readonly height: number;
}

/** The lines below a title. */
function linesOf(map: SheetMap, width: number): (readonly [text: string, style: TextStyle])[] {
  const lines = (text: string | undefined, most: number, style: TextStyle) =>
    text === undefined ? [] : wrapped(text, width, most, style).map((line) => [line, style] as const);
  return [
    ...lines(map.words, WORD_LINES, WORDS),
    ...lines(map.same, SAME_LINES, WORDS),
    ...lines(map.about, ABOUT_LINES, DETAIL),
    ...lines(map.chosen, CHOSEN_LINES, DETAIL),
    [detailOf(map, width), DETAIL],
    ...lines(map.caution, CAUTION_LINES, NOTE),
  ];
}

function tileOf(picture: PictureSize, maps: readonly SheetMap[]): Tile {
  const width = tileWidth(picture, LIMITS);
  const notes = maps.map(({ note }) => (note === undefined ? 0 : noteHeight(note, width)));
  const boxHeight = Math.max(imageSize(picture, LIMITS).height, ...notes);
  const lines = Math.max(1, ...maps.map((map) => linesOf(map, width).length));
  return { width, boxHeight, lines, height: boxHeight + WORDS_AT + (lines - 1) * LINE + TILE_END };
}

/** The comparison sheet as a file's bytes: the picture, and each map with its color bar and caption. */
export const renderSheet = (sheet: Sheet, format: PictureFormat): Promise<Buffer> => drawSheet(sheet).encoded(format);

/** One map with its color bar and caption as a file's bytes. */
export const renderTile = (sheet: SheetPicture, map: SheetMap, format: PictureFormat): Promise<Buffer> =>
  drawTile(sheet, map).encoded(format);

export function drawSheet(sheet: Sheet): Drawing {
  const all = sheet.rows.flatMap((row) => row.maps);
  const tile = tileOf(sheet.picture, all);
  const columns = columnsFor(sheet.rows, tile);
  const above = new Set(all.map(({ family }) => family)).size > 1 ? FAMILY_HEIGHT : 0;
  const lineHeight = above + tile.height + GAP;
  const maps = columns * (tile.width + GAP) - GAP;
  const rows = sheet.rows.map((row) => {
    const heading = headingLines(row.heading, maps);
    const lines = Math.ceil(row.maps.length / columns);
    return { ...row, heading, height: headingHeight(heading) + lines * lineHeight };
  });
  // the picture is as high as the first maps
  const down = headingHeight(rows[0]?.heading ?? []) + above;

  const left = MARGIN + tile.width + GAP;
  const room = left + maps - MARGIN;
  const subtitle = subtitleLines(sheet.subtitle, room);
  const top = headHeight(subtitle);
  const height = rows.reduce((sum, row) => sum + row.height, 0) - GAP;
  const drawing = new Drawing(room + 2 * MARGIN, top + Math.max(height, down + sideHeight(sheet, tile)) + MARGIN);
  drawHead(drawing, sheet.title, subtitle, room);
  drawSide(drawing, sheet, tile, top, down);

  let y = top;
  for (const row of rows) {
    drawHeading(drawing, row.heading, left, y, maps);
    const first = y + headingHeight(row.heading) + above;
    const ordered = byFamily(row.maps).map((i) => row.maps[i] as SheetMap);
    ordered.forEach((map, i) => {
      const line = Math.floor(i / columns);
      const at = { x: left + (i % columns) * (tile.width + GAP), y: first + line * lineHeight };
      const begins = map.family !== ordered[i - 1]?.family || i % columns === 0;
      if (above > 0 && begins) drawing.text(fitted(map.family, tile.width, FAMILY), at.x, at.y - 9, FAMILY);
      drawMap(drawing, sheet.picture, tile, map, at);
    });
    y += row.height;
  }
  return drawing;
}

export function drawTile({ picture }: SheetPicture, map: SheetMap): Drawing {
  const tile = tileOf(picture, [map]);
  const drawing = new Drawing(tile.width + 2 * GAP, tile.height + 2 * GAP);
  drawMap(drawing, picture, tile, map, { x: GAP, y: GAP });
  return drawing;
}

/** As many columns of maps as there is room for next to the picture, or fewer if that fills the lines more evenly. */
function columnsFor(rows: readonly SheetRow[], { width }: Tile): number {
  const most = Math.max(1, Math.floor((ROOM + GAP) / (width + GAP)) - 1);
  const longest = Math.max(1, ...rows.map(({ maps }) => maps.length));
  return Math.ceil(longest / Math.ceil(longest / most));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A prediction with its bar; how thick the bar is. */
const PREDICTION = 34;
const PREDICTION_BAR = 4;

const seenNote = "the model saw what the frame holds";
const legendOf = ({ legend }: Sheet, { width }: Tile) => legend.map((text) => wrapped(text, width, 6, DETAIL));

/** From the picture's upper edge. */
function sideHeight(sheet: Sheet, tile: Tile): number {
  const notes = legendOf(sheet, tile).reduce((sum, lines) => sum + lines.length * LINE + 8, 0);
  const image = imageSize(sheet.picture, LIMITS);
  return image.height + LINE + 22 + sheet.predictions.length * PREDICTION + notes;
}

/**
 * The picture, what the model takes it for, and how maps are to be read.
 * @param down from the heading's upper edge to the picture's
 */
function drawSide(drawing: Drawing, sheet: Sheet, tile: Tile, top: number, down: number): void {
  const { picture, view, predictions } = sheet;
  const x = MARGIN;
  drawHeading(drawing, headingLines("Picture", tile.width), x, top, tile.width);
  const image = { ...imageSize(picture, LIMITS), x, y: top + down };
  drawing.pixels(picture.rgb, picture.width, picture.height, image.x, image.y);
  let y = image.y + image.height + LINE;
  if (drawView(drawing, view, picture, image)) drawing.text(fitted(seenNote, tile.width, DETAIL), x, y, DETAIL);
  y += 28;
  for (const { name, certainty, share } of predictions) {
    drawing.text(certainty, x + tile.width, y, { ...WORDS, anchor: "end" });
    drawing.text(fitted(name, tile.width - widthOf(certainty, WORDS) - APART, WORDS), x, y, WORDS);
    if (share !== undefined) {
      const bar = { x, y: y + 7, width: tile.width, height: PREDICTION_BAR };
      drawing.rectangle(bar, 'fill="#e6e6e1"');
      drawing.rectangle({ ...bar, width: Math.max(1, share * tile.width) }, 'fill="#171c26"');
    }
    y += PREDICTION;
  }
  for (const lines of legendOf(sheet, tile)) {
    lines.forEach((line, i) => {
      drawing.text(line, x, y + i * LINE, DETAIL);
    });
    y += lines.length * LINE + 8;
  }
}

function drawMap(drawing: Drawing, picture: Picture, tile: Tile, map: SheetMap, { x, y }: Place): void {
  const { width } = tile;
  drawing.pixels(map.rgb, picture.width, picture.height, x, y);
  drawing.outline(map.outline, x, y);
  const below = y + tile.boxHeight;
  drawing.text(fitted(map.title, width, NAME), x, below + TITLE_AT, NAME);
  const line = (i: number) => below + WORDS_AT + i * LINE;
  linesOf(map, width).forEach(([text, style], i) => {
    drawing.text(text, x, line(i), style);
  });
  const last = line(tile.lines - 1);
  if (map.note === undefined) {
    drawBar(drawing, map, width, { x, y: last });
    return;
  }
  drawNote(drawing, map.note, { x, y, width, height: tile.boxHeight });
  drawing.rectangle({ x, y: last + BAR_AT, width, height: BAR }, 'fill="#e6e6e1"');
  drawing.text("no scale: the map is blank", x, last + TICKS_AT, TICK);
}

/** The facts, then as much of the tensor's name as there is room for. */
function detailOf({ facts, tensor }: SheetMap, width: number): string {
  if (tensor === undefined) return fitted(facts, width, DETAIL);
  const before = `${facts}  ·  `;
  return fitted(before + fittedTail(tensor, width - widthOf(before, DETAIL), DETAIL), width, DETAIL);
}

function drawBar(drawing: Drawing, { colors, range, ends }: SheetMap, width: number, { x, y }: Place): void {
  const { low, high, clipped } = range;
  const centered = isDiverging(colors);
  drawColors(drawing, colors, width, x, y + BAR_AT);
  const ticks = y + TICKS_AT;
  if (centered) drawing.text("0", x + width / 2, ticks, { ...TICK, anchor: "middle" });
  const left = centered && clipped ? `< ${number(low)}` : number(low);
  const right = clipped ? `> ${number(high)}` : number(high);
  const half = (width - widthOf("0", TICK)) / 2 - APART;
  const [against, towards] = namesOf(ends, half - Math.max(widthOf(`${left}  `, TICK), widthOf(`  ${right}`, TICK)));
  drawing.text([left, against].filter(Boolean).join("  "), x, ticks, TICK);
  drawing.text([towards, right].filter(Boolean).join("  "), x + width, ticks, { ...TICK, anchor: "end" });
}

/** The names of both ends, cut to the room; none if there is so little that nothing could be read. */
function namesOf(ends: SheetMap["ends"], room: number): readonly string[] {
  const isReadable = ends.every((name) => widthOf(name, TICK) <= room || room >= READABLE);
  return isReadable ? ends.map((name) => fitted(name, room, TICK)) : [];
}
