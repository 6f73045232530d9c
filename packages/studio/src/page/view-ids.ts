/** The names of the views, as addresses have them. */
export const VIEW_IDS = [
  "why",
  "depth",
  "tokens",
  "truth",
  "network",
  "imagine",
  "models",
  "sheet",
  "mistakes",
  "live",
] as const;
export type ViewId = (typeof VIEW_IDS)[number];
