import type { TextStyle } from "./text.js";

const INK = "#171c26";
const FAINT = "#5b6474";

export const TITLE: TextStyle = { size: 26, weight: 600, color: INK };
export const SUBTITLE: TextStyle = { size: 15, color: FAINT };
export const HEADING: TextStyle = { size: 19, weight: 600, color: INK };
export const FAMILY: TextStyle = { size: 14, weight: 600, color: FAINT };
export const NAME: TextStyle = { size: 17, weight: 600, color: INK };
export const WORDS: TextStyle = { size: 14, color: INK };
export const DETAIL: TextStyle = { size: 14, color: FAINT };
export const TICK: TextStyle = { size: 14, color: FAINT };
export const NOTE: TextStyle = { size: 14, color: "#8a3b12" };

/** The most pixels that a sheet is wide: that of a laptop's screen. */
export const WIDEST = 1600;

/** Around a sheet, and between its tiles. */
export const MARGIN = 32;
export const GAP = 24;

/** The height of a line of text. */
export const LINE = 20;
/** The height of a color bar. */
export const BAR = 10;
/** The height of a heading above maps, and of each further line of it. */
export const HEADING_HEIGHT = 44;
export const HEADING_LINE = 22;
