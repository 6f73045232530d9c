import {
  type ColorMapName,
  colorMap,
  type Grid,
  overlay,
  type Picture,
  type Range,
  type Rectangle,
  rangeOf,
} from "@limn/core";
import sharp, { type OverlayOptions as Layer } from "sharp";
import { fitted, type TextStyle, textSvg, wrapped } from "./text.js";

/** One map on a sheet. */
export interface SheetMap {
  /** The map at the size of the sheet's picture, NaN where the model did not look. */
  readonly map: Grid;
  readonly signed: boolean;
  /** The share of values shown without clipping, see core's `rangeOf`. */
  readonly coverage: number;
  readonly title: string;
  readonly subtitle: string;
  /** Says what is wrong with a blank map; the tile then shows it instead of colors. */
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
  /** At the resolution in which tiles show it: see `tilePixels`. */
  readonly picture: Picture;
  /** What the model saw of it, in its pixels. */
  readonly view: Rectangle;
  readonly rows: readonly SheetRow[];
}

/** Pixels per unit of the layout: sharp on dense screens. */
const DENSITY = 2;

const TILE = 260;
const TALLEST = 340;
const MARGIN = 28;
const GAP = 22;
const MOST_COLUMNS = 5;
const BAR = 9;

const INK = "#1d2430";
const FAINT = "#667085";
const PAPER = "#fbfbfa";

const TITLE: TextStyle = { size: 20, weight: 600, color: INK };
const SUBTITLE: TextStyle = { size: 13, color: FAINT };
const HEADING: TextStyle = { size: 14, weight: 600, color: INK };
const NAME: TextStyle = { size: 13.5, weight: 600, color: INK };
const DETAIL: TextStyle = { size: 11.5, color: FAINT };
const TICK: TextStyle = { size: 10.5, color: FAINT };
const NOTE: TextStyle = { size: 12, color: "#8a3b12" };

/** The pixels that a tile gives a picture of this shape; small pictures are enlarged by whole factors. */
export function tilePixels({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const { width: w, height: h } = imageSize({ width, height });
  return { width: Math.max(1, Math.round(w * DENSITY)), height: Math.max(1, Math.round(h * DENSITY)) };
}

/** The picture's size in a tile, in units. */
function imageSize({ width, height }: { width: number; height: number }) {
  const scale = Math.min(TILE / width, TALLEST / height);
  return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
}

/** Rows below the image: bar, ticks, title and subtitle. */
const CAPTION = 12 + BAR + 14 + 20 + 16;

/** A drawing: SVG for lines and text, and pixels under it. Sizes in units. */
class Canvas {
  readonly #svg: string[] = [];
  readonly #layers: Layer[] = [];
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    this.#svg.push(textSvg(text, x, y, style));
  }

  rectangle(x: number, y: number, width: number, height: number, attributes: string): void {
    this.#svg.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" ${attributes}/>`);
  }

  /** Pixels at their own size, DENSITY to a unit. */
  pixels(rgb: Uint8Array, width: number, height: number, x: number, y: number): void {
    this.#layers.push({
      input: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength),
      raw: { width, height, channels: 3 },
      left: Math.round(x * DENSITY),
      top: Math.round(y * DENSITY),
    });
  }

  png(): Promise<Buffer> {
    const width = Math.ceil(this.width * DENSITY);
    const height = Math.ceil(this.height * DENSITY);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width / DENSITY} ${height / DENSITY}">${this.#svg.join("")}</svg>`;
    return sharp({ create: { width, height, channels: 3, background: PAPER } })
      .composite([...this.#layers, { input: Buffer.from(drawing) }])
      .png({ compressionLevel: 6 })
      .toBuffer();
  }
}

/** The comparison sheet as PNG bytes: the picture, and each map laid over it with its color bar and caption. */
export function renderSheet(sheet: Sheet): Promise<Buffer> {
  const image = imageSize(sheet.picture);
  const columns = Math.min(MOST_COLUMNS, Math.max(...sheet.rows.map((row) => row.maps.length + 1)));
  const tileHeight = image.height + CAPTION;
  const linesOf = (row: SheetRow) => Math.ceil((row.maps.length + 1) / columns);
  const rowHeight = (row: SheetRow) => 30 + linesOf(row) * (tileHeight + GAP);

  const width = 2 * MARGIN + columns * TILE + (columns - 1) * GAP;
  const height = MARGIN + 50 + sheet.rows.reduce((sum, row) => sum + rowHeight(row), 0) + MARGIN - GAP;
  const canvas = new Canvas(width, height);
  const room = width - 2 * MARGIN;
  canvas.text(fitted(sheet.title, room, TITLE), MARGIN, MARGIN + 16, TITLE);
  canvas.text(fitted(sheet.subtitle, room, SUBTITLE), MARGIN, MARGIN + 37, SUBTITLE);

  let top = MARGIN + 50;
  for (const row of sheet.rows) {
    canvas.rectangle(MARGIN, top + 2, room, 1, 'fill="#e4e4e0"');
    canvas.text(fitted(row.heading, room, HEADING), MARGIN, top + 23, HEADING);
    const place = (i: number) => ({
      x: MARGIN + (i % columns) * (TILE + GAP),
      y: top + 34 + Math.floor(i / columns) * (tileHeight + GAP),
    });
    drawPicture(canvas, sheet, place(0));
    row.maps.forEach((map, i) => {
      drawMap(canvas, sheet, map, place(i + 1));
    });
    top += rowHeight(row);
  }
  return canvas.png();
}

/** One map with its color bar and caption as PNG bytes. */
export function renderTile(sheet: Omit<Sheet, "rows" | "title" | "subtitle">, map: SheetMap): Promise<Buffer> {
  const image = imageSize(sheet.picture);
  const canvas = new Canvas(TILE + 2 * GAP, image.height + CAPTION + 2 * GAP - 4);
  drawMap(canvas, sheet, map, { x: GAP, y: GAP });
  return canvas.png();
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function drawPicture(canvas: Canvas, { picture, view }: Pick<Sheet, "picture" | "view">, { x, y }: Place): void {
  const size = imageSize(picture);
  const left = x + (TILE - size.width) / 2;
  canvas.pixels(picture.rgb, picture.width, picture.height, left, y);
  const seen = clipped(view, picture);
  if (seen) {
    const unit = size.width / picture.width;
    const frame = [left + seen.x * unit + 1, y + seen.y * unit + 1, seen.width * unit - 2, seen.height * unit - 2] as const;
    canvas.rectangle(...frame, 'fill="none" stroke="#000" stroke-opacity="0.45" stroke-width="3"');
    canvas.rectangle(...frame, 'fill="none" stroke="#fff" stroke-width="1.2"');
  }
  const below = y + size.height + 12 + BAR + 14;
  canvas.text("picture", x, below + 14, NAME);
  canvas.text(seen ? "the model saw what the frame holds" : "the model saw all of it", x, below + 30, DETAIL);
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

function drawMap(canvas: Canvas, { picture }: Pick<Sheet, "picture">, tile: SheetMap, { x, y }: Place): void {
  const size = imageSize(picture);
  const left = x + (TILE - size.width) / 2;
  const colors: ColorMapName = tile.signed ? "aurora" : "ember";
  const range = rangeOf(tile.map.data, tile);
  const shown = tile.note === undefined;
  const rgb = overlay(picture.rgb, shown ? tile.map.data : silent(tile.map.data), { colors, range });
  canvas.pixels(rgb, picture.width, picture.height, left, y);

  const bar = y + size.height + 12;
  const below = bar + BAR + 14;
  if (shown) {
    drawBar(canvas, colors, range, tile.signed, x, bar);
  } else {
    canvas.rectangle(x, bar, TILE, BAR, 'fill="#ecebe7" rx="2"');
    const lines = wrapped(tile.note ?? "", TILE - 24, Math.max(1, Math.floor((size.height - 24) / 17)), NOTE);
    const block = lines.length * 17 + 14;
    const top = y + (size.height - block) / 2;
    canvas.rectangle(x + 4, top, TILE - 8, block, 'fill="#fff4e8" fill-opacity="0.95" rx="5"');
    lines.forEach((line, i) => {
      canvas.text(line, x + 12, top + 19 + i * 17, NOTE);
    });
    canvas.text("no scale: the map is blank", x, bar + BAR + 11, TICK);
  }
  canvas.text(fitted(tile.title, TILE, NAME), x, below + 14, NAME);
  canvas.text(fitted(tile.subtitle, TILE, DETAIL), x, below + 30, DETAIL);
}

/** The same shape with nothing to show: zero where the model looked. */
const silent = (values: Float32Array): Float32Array => values.map((v) => (Number.isNaN(v) ? v : 0));

function drawBar(canvas: Canvas, colors: ColorMapName, range: Range, signed: boolean, x: number, y: number): void {
  const width = Math.round(TILE * DENSITY);
  const height = Math.round(BAR * DENSITY);
  const color = colorMap(colors);
  const rgb = new Uint8Array(width * height * 3);
  for (let column = 0; column < width; column++) {
    const rgbOf = color(column / (width - 1));
    for (let row = 0; row < height; row++) rgb.set(rgbOf, 3 * (row * width + column));
  }
  canvas.pixels(rgb, width, height, x, y);
  const beyond = (text: string, sign: string) => (range.clipped ? `${sign} ${text}` : text);
  const ticks = y + BAR + 11;
  canvas.text(signed ? beyond(number(range.low), "<") : number(range.low), x, ticks, TICK);
  if (signed) canvas.text("0", x + TILE / 2, ticks, { ...TICK, anchor: "middle" });
  canvas.text(beyond(number(range.high), ">"), x + TILE, ticks, { ...TICK, anchor: "end" });
}

/** Three significant digits, with a true minus. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e4 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replace("-", "−").replace("e−", "e-").replace("e+", "e");
}
