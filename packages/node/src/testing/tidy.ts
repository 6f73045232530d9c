import { expect } from "vitest";
import type { Box, Drawing } from "../sheet/drawing.js";

/** Expects that no line of text overlaps another, and that none leaves the paper. */
export function expectTidy(drawing: Drawing): void {
  const apart = (p: Box, q: Box) =>
    p.x + p.width <= q.x || q.x + q.width <= p.x || p.y + p.height <= q.y || q.y + q.height <= p.y;
  const texts = drawing.texts.filter(({ text }) => text);
  texts.forEach((p, i) => {
    expect(p.x, p.text).toBeGreaterThanOrEqual(0);
    expect(p.x + p.width, p.text).toBeLessThanOrEqual(drawing.width - 20);
    expect(p.y + p.height, p.text).toBeLessThanOrEqual(drawing.height);
    for (const q of texts.slice(i + 1)) expect(apart(p, q), `"${p.text}" and "${q.text}"`).toBe(true);
  });
}
