/** The orders of the photos of a contact sheet, as addresses have them. */
export const SHEET_ORDERS = ["given", "class", "sure", "unsure"] as const;
export type SheetOrder = (typeof SHEET_ORDERS)[number];
