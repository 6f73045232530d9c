import type { TextStyle } from "./text.js";

const INK = "#1d2430";
const FAINT = "#667085";

export const TITLE: TextStyle = { size: 20, weight: 600, color: INK };
export const SUBTITLE: TextStyle = { size: 13, color: FAINT };
export const HEADING: TextStyle = { size: 14, weight: 600, color: INK };
export const FAMILY: TextStyle = { size: 11.5, weight: 600, color: FAINT };
export const NAME: TextStyle = { size: 13.5, weight: 600, color: INK };
export const DETAIL: TextStyle = { size: 11.5, color: FAINT };
export const TICK: TextStyle = { size: 10.5, color: FAINT };
export const NOTE: TextStyle = { size: 12, color: "#8a3b12" };

/** Around a sheet, and between its tiles. */
export const MARGIN = 28;
export const GAP = 22;

/** The height of a line of text. */
export const LINE = 17;
/** The height of a color bar. */
export const BAR = 8;
/** The height of a heading above maps. */
export const HEADING_HEIGHT = 36;
