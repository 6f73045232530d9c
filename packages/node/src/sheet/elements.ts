import { type ColorMapName, colorMap, type Picture, type Rectangle } from "@limn/core";
import type { Box, Drawing } from "./drawing.js";
import { BAR, HEADING, HEADING_HEIGHT, HEADING_LINE, LINE, MARGIN, NOTE, SUBTITLE, TITLE, WORDS } from "./styles.js";
import { fitted, type TextStyle, widthOf, wrapped } from "./text.js";

const NOTE_PADDING = 12;

/** The lines of a sheet's subtitle, which decide how high the drawing is. */
export const subtitleLines = (subtitle: string, width: number): string[] => wrapped(subtitle, width, 3, SUBTITLE);

/** How far the head reaches down from the paper's upper edge. */
export const headHeight = (subtitle: readonly string[]): number => MARGIN + 44 + subtitle.length * LINE;

export function drawHead(drawing: Drawing, title: string, subtitle: readonly string[], width: number): void {
  drawing.text(fitted(title, width, TITLE), MARGIN, MARGIN + 20, TITLE);
  subtitle.forEach((line, i) => {
    drawing.text(line, MARGIN, MARGIN + 46 + i * LINE, SUBTITLE);
  });
}

type StyledLine = readonly [text: string, style: TextStyle];

/** The lines of a heading: one if there is room for it, else what comes after two spaces is below the rest, in smaller letters. */
export function headingLines(heading: string, width: number): StyledLine[] {
  if (widthOf(heading, HEADING) <= width) return [[heading, HEADING]];
  const [question = "", facts] = heading.split("  ");
  const lines = (text: string, style: TextStyle) =>
    wrapped(text, width, 2, style).map((line) => [line, style] as const);
  return [...lines(question, HEADING), ...(facts === undefined ? [] : lines(facts, WORDS))];
}

/** From the line above a heading to what it is about. */
export const headingHeight = (heading: readonly StyledLine[]): number =>
  HEADING_HEIGHT + (heading.length - 1) * HEADING_LINE;

/** A heading, below a line. */
export function drawHeading(
  drawing: Drawing,
  heading: readonly StyledLine[],
  x: number,
  y: number,
  width: number,
): void {
  drawing.rectangle({ x, y, width, height: 1 }, 'fill="#dcdcd7"');
  heading.forEach(([line, style], i) => {
    drawing.text(line, x, y + 28 + i * HEADING_LINE, style);
  });
}

/**
 * Frames the part of the picture that the model saw, if it is not the whole picture.
 * @param view the part, in the picture's pixels
 * @param place where the picture is drawn
 * @returns whether there is a frame
 */
export function drawView(drawing: Drawing, view: Rectangle, picture: Picture, place: Box): boolean {
  const left = Math.max(0, view.x);
  const top = Math.max(0, view.y);
  const right = Math.min(picture.width, view.x + view.width);
  const bottom = Math.min(picture.height, view.y + view.height);
  if (left < 1 && top < 1 && right > picture.width - 1 && bottom > picture.height - 1) return false;
  const unit = place.width / picture.width;
  const frame = {
    x: place.x + left * unit + 1,
    y: place.y + top * unit + 1,
    width: Math.max(1, (right - left) * unit - 2),
    height: Math.max(1, (bottom - top) * unit - 2),
  };
  drawing.rectangle(frame, 'fill="none" stroke="#000" stroke-opacity="0.45" stroke-width="3"');
  drawing.rectangle(frame, 'fill="none" stroke="#fff" stroke-width="1.2"');
  return true;
}

/** How high a note is in a box of this width. */
export const noteHeight = (note: string, width: number): number =>
  noteLines(note, width, 14).length * LINE + 2 * NOTE_PADDING;

const noteLines = (note: string, width: number, most: number): string[] =>
  wrapped(note, width - 2 * NOTE_PADDING, most, NOTE);

/** A note in the middle of a box, cut if the box is too low for it. */
export function drawNote(drawing: Drawing, note: string, box: Box): void {
  const most = Math.max(1, Math.floor((box.height - NOTE_PADDING) / LINE));
  const lines = noteLines(note, box.width, most);
  const height = lines.length * LINE + NOTE_PADDING;
  const top = box.y + (box.height - height) / 2;
  const paper = { x: box.x + 4, y: top, width: box.width - 8, height };
  drawing.rectangle(paper, 'fill="#fff4e8" fill-opacity="0.95" rx="5"');
  lines.forEach((line, i) => {
    drawing.text(line, box.x + NOTE_PADDING, top + 21 + i * LINE, NOTE);
  });
}

/** A bar with the colors of a color map. @param from where in the color map it begins, 0 to 1 */
export function drawColors(
  drawing: Drawing,
  colors: ColorMapName,
  width: number,
  x: number,
  y: number,
  from = 0,
): void {
  const columns = Math.round(width);
  const color = colorMap(colors);
  const rgb = new Uint8Array(columns * BAR * 3);
  for (let column = 0; column < columns; column++) {
    const rgbOf = color(from + ((1 - from) * column) / (columns - 1));
    for (let row = 0; row < BAR; row++) rgb.set(rgbOf, 3 * (row * columns + column));
  }
  drawing.pixels(rgb, columns, BAR, x, y);
}

/** Two significant digits, as many as one reads off a color bar, with a true minus. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e4 || size < 1e-3 ? size.toExponential(1).replace("+", "") : `${Number(size.toPrecision(2))}`;
  return value < 0 ? `−${text}` : text;
}
