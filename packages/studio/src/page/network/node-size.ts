/** The size of a node on the page, in pixels. */
export const NODE = { width: 176, height: 58 };
