import { type ColorMapName, colorMap, type Picture, type Range, type Rectangle } from "@limn/core";
import { DENSITY, Drawing } from "./drawing.js";
import { fitted, fittedTail, type TextStyle, widthOf, wrapped } from "./text.js";

/** One map on a sheet. */
export interface SheetMap {
  /** The map laid over the sheet's picture, in its pixels. */
  readonly rgb: Uint8Array;
  readonly colors: ColorMapName;
  readonly range: Range;
  readonly title: string;
  /** Said in full below the title: the layer's stage, the map's size. */
  readonly facts: string;
  /** A tensor's name, of which the end is shown. */
  readonly tensor: string | undefined;
  /** Says what is wrong with a blank map. */
  readonly note: string | undefined;
}

/** A row of a sheet: the maps of one class. */
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

const TILE = 260;
const TALLEST = 340;
/** Wide pictures get wider tiles, up to this, to stay as high as this. */
const WIDEST = 683;
const SHORTEST = 130;

const MARGIN = 28;
const GAP = 22;
/** Five usual tiles, two of the widest. */
const ROOM = 5 * TILE + 4 * GAP;

/** Below the image, from its lower edge: baselines of title and details, the bar's top, the ticks' baseline. */
const TITLE_AT = 19;
const DETAIL_AT = 35;
const BAR_AT = 44;
const BAR = 8;
const TICKS_AT = BAR_AT + BAR + 12;
const CAPTION = TICKS_AT + 4;

const HEADING_HEIGHT = 36;
const LINE = 17;
const NOTE_PADDING = 12;

const INK = "#1d2430";
const FAINT = "#667085";

const TITLE: TextStyle = { size: 20, weight: 600, color: INK };
const SUBTITLE: TextStyle = { size: 13, color: FAINT };
const HEADING: TextStyle = { size: 14, weight: 600, color: INK };
const NAME: TextStyle = { size: 13.5, weight: 600, color: INK };
const DETAIL: TextStyle = { size: 11.5, color: FAINT };
const TICK: TextStyle = { size: 10.5, color: FAINT };
const NOTE: TextStyle = { size: 12, color: "#8a3b12" };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The pixels that a tile gives to a picture of this shape. */
export function tilePixels(picture: Size): Size {
  const { width, height } = imageSize(picture);
  return { width: Math.max(1, Math.round(width * DENSITY)), height: Math.max(1, Math.round(height * DENSITY)) };
}

const tileWidth = ({ width, height }: Size): number =>
  Math.min(WIDEST, Math.max(TILE, Math.round((SHORTEST * width) / height)));

/** The picture's size in a tile, in units. */
function imageSize(picture: Size): Size {
  const { width, height } = picture;
  const scale = Math.min(tileWidth(picture) / width, TALLEST / height);
  return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
}

/** What all tiles have in common. */
interface Tile {
  readonly width: number;
  /** Of the box that the picture is in the middle of: higher than the picture where a note needs it. */
  readonly boxHeight: number;
  readonly height: number;
}

function tileOf(picture: Size, maps: readonly SheetMap[]): Tile {
  const width = tileWidth(picture);
  const notes = maps.map(({ note }) =>
    note === undefined ? 0 : noteLines(note, width).length * LINE + 2 * NOTE_PADDING,
  );
  const boxHeight = Math.max(imageSize(picture).height, ...notes);
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
  const columns = columnsFor(Math.max(1, ...sheet.rows.map((row) => row.maps.length + 1)), tile.width);
  const linesOf = (row: SheetRow) => Math.ceil((row.maps.length + 1) / columns);
  const rowHeight = (row: SheetRow) => HEADING_HEIGHT + linesOf(row) * (tile.height + GAP);

  const room = columns * tile.width + (columns - 1) * GAP;
  const subtitle = wrapped(sheet.subtitle, room, 3, SUBTITLE);
  const header = MARGIN + 30 + subtitle.length * LINE;
  const height = header + sheet.rows.reduce((sum, row) => sum + rowHeight(row), 0) + MARGIN - GAP;
  const drawing = new Drawing(room + 2 * MARGIN, height);
  drawing.text(fitted(sheet.title, room, TITLE), MARGIN, MARGIN + 16, TITLE);
  subtitle.forEach((line, i) => {
    drawing.text(line, MARGIN, MARGIN + 37 + i * LINE, SUBTITLE);
  });

  let top = header;
  for (const row of sheet.rows) {
    drawing.rectangle({ x: MARGIN, y: top, width: room, height: 1 }, 'fill="#e4e4e0"');
    drawing.text(fitted(row.heading, room, HEADING), MARGIN, top + 22, HEADING);
    const place = (i: number): Place => ({
      x: MARGIN + (i % columns) * (tile.width + GAP),
      y: top + HEADING_HEIGHT + Math.floor(i / columns) * (tile.height + GAP),
    });
    drawPicture(drawing, sheet, tile, place(0));
    row.maps.forEach((map, i) => {
      drawMap(drawing, sheet.picture, tile, map, place(i + 1));
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

/** As many columns as there is room for, or fewer where the lines then are equally long. */
function columnsFor(tiles: number, width: number): number {
  const most = Math.floor((ROOM + GAP) / (width + GAP));
  return Math.ceil(tiles / Math.ceil(tiles / most));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function imagePlace(picture: Size, { width, boxHeight }: Tile, { x, y }: Place): Place {
  const size = imageSize(picture);
  return { x: x + (width - size.width) / 2, y: y + (boxHeight - size.height) / 2 };
}

function drawPicture(drawing: Drawing, { picture, view }: SheetPicture, tile: Tile, place: Place): void {
  const { x, y } = imagePlace(picture, tile, place);
  drawing.pixels(picture.rgb, picture.width, picture.height, x, y);
  const seen = clipped(view, picture);
  if (seen) {
    const unit = imageSize(picture).width / picture.width;
    const [width, height] = [Math.max(1, seen.width * unit - 2), Math.max(1, seen.height * unit - 2)];
    const frame = { x: x + seen.x * unit + 1, y: y + seen.y * unit + 1, width, height };
    drawing.rectangle(frame, 'fill="none" stroke="#000" stroke-opacity="0.45" stroke-width="3"');
    drawing.rectangle(frame, 'fill="none" stroke="#fff" stroke-width="1.2"');
  }
  const below = place.y + tile.boxHeight;
  drawing.text("picture", place.x, below + TITLE_AT, NAME);
  const note = seen ? "the model saw what the frame holds" : "the model saw all of it";
  drawing.text(fitted(note, tile.width, DETAIL), place.x, below + DETAIL_AT, DETAIL);
}

/** What the model saw, where that is not the whole picture. */
function clipped(view: Rectangle, picture: Picture): Rectangle | undefined {
  const left = Math.max(0, view.x);
  const top = Math.max(0, view.y);
  const right = Math.min(picture.width, view.x + view.width);
  const bottom = Math.min(picture.height, view.y + view.height);
  const whole = left < 1 && top < 1 && right > picture.width - 1 && bottom > picture.height - 1;
  return whole ? undefined : { x: left, y: top, width: right - left, height: bottom - top };
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
  drawNote(drawing, map.note, tile, place);
  drawing.rectangle({ x: place.x, y: below + BAR_AT, width: tile.width, height: BAR }, 'fill="#ecebe7"');
  drawing.text("no scale: the map is blank", place.x, below + TICKS_AT, TICK);
}

/** The facts, then as much of the tensor's name as there is room for. */
function detailOf({ facts, tensor }: SheetMap, width: number): string {
  if (tensor === undefined) return fitted(facts, width, DETAIL);
  const before = `${facts}  ·  `;
  return fitted(before + fittedTail(tensor, width - widthOf(before, DETAIL), DETAIL), width, DETAIL);
}

const noteLines = (note: string, width: number): string[] => wrapped(note, width - 2 * NOTE_PADDING, 14, NOTE);

/** A note in the middle of a tile's box. */
function drawNote(drawing: Drawing, note: string, { width, boxHeight }: Tile, { x, y }: Place): void {
  const lines = noteLines(note, width);
  const height = lines.length * LINE + NOTE_PADDING;
  const top = y + (boxHeight - height) / 2;
  drawing.rectangle({ x: x + 4, y: top, width: width - 8, height }, 'fill="#fff4e8" fill-opacity="0.95" rx="5"');
  lines.forEach((line, i) => {
    drawing.text(line, x + NOTE_PADDING, top + 19 + i * LINE, NOTE);
  });
}

function drawBar(drawing: Drawing, { colors, range }: SheetMap, width: number, { x, y }: Place): void {
  const columns = Math.round(width * DENSITY);
  const rows = Math.round(BAR * DENSITY);
  const color = colorMap(colors);
  const rgb = new Uint8Array(columns * rows * 3);
  for (let column = 0; column < columns; column++) {
    const rgbOf = color(column / (columns - 1));
    for (let row = 0; row < rows; row++) rgb.set(rgbOf, 3 * (row * columns + column));
  }
  drawing.pixels(rgb, columns, rows, x, y);
  const beyond = (text: string, sign: string) => (range.clipped ? `${sign} ${text}` : text);
  const ticks = y - BAR_AT + TICKS_AT;
  const { low, high } = range;
  drawing.text(low < 0 ? beyond(number(low), "<") : number(low), x, ticks, TICK);
  if (low < 0 && low === -high) drawing.text("0", x + width / 2, ticks, { ...TICK, anchor: "middle" });
  drawing.text(beyond(number(high), ">"), x + width, ticks, { ...TICK, anchor: "end" });
}

/** Three significant digits, with a true minus. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e4 || size < 1e-3 ? size.toExponential(1).replace("+", "") : `${Number(size.toPrecision(3))}`;
  return value < 0 ? `−${text}` : text;
}
