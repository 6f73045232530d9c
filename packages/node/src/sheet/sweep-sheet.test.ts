import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { expectTidy } from "../testing/tidy.js";
import { drawSweepSheet, renderSweepSheet, type SweepSheet, type SweepTile, sweepPixels } from "./sweep-sheet.js";

const NOTE =
  "the weighted activations at stage3 are negative everywhere and the ReLU removes them, so nothing there speaks for this class; try another layer or target";

interface Case {
  readonly width?: number;
  readonly height?: number;
  readonly stages?: number;
  readonly methods?: number;
  readonly blocks?: number;
  readonly figures?: boolean;
  readonly note?: boolean;
}

function sheetFor(options: Case): SweepSheet {
  const { width = 640, height = 480, stages = 5, methods = 2, blocks = 1, figures = true, note = false } = options;
  const size = sweepPixels({ width, height }, stages);
  const rgb = new Uint8Array(size.width * size.height * 3).fill(120);
  const tile = (row: number, column: number): SweepTile | undefined =>
    column === 1 && row === 1
      ? undefined
      : {
          rgb,
          colors: row % 2 ? "aurora" : "ember",
          range: { low: row % 2 ? -4.7e-6 : 0, high: 4.7e-6, clipped: true },
          outline: [],
          figures: figures ? "Loc 0.34  ·  IoU 0.12  ·  miss" : undefined,
          note: note && column === 0 ? NOTE : undefined,
        };
  const rows = Array.from({ length: methods }, (_, row) => ({
    name: "a-method-with-a-long-name",
    tiles: Array.from({ length: stages }, (_, column) => tile(row, column)),
  }));
  return {
    title: "a picture with a rather long name.jpg, from the first stage to the last",
    subtitle: "model.onnx  ·  predicted tabby (28.5 %), then tiger cat (25.5 %), then Egyptian cat (8.3 %)",
    picture: { ...size, rgb },
    caption: "bright: the object",
    view: { x: 10, y: 10, width: size.width - 20, height: size.height - 20 },
    columns: Array.from({ length: stages }, (_, i) => ({ name: `stage${i}`, detail: "98 % deep  ·  112 × 112" })),
    blocks: Array.from({ length: blocks }, () => ({ heading: "Why tabby?  class 281, probability 0.3 %", rows })),
    legend: "Loc where the map is above 0.25 of its range, IoU above 0.5; hit: its maximum lies on the object.",
  };
}

describe("a sweep's sheet", () => {
  it.each<Case>([
    ...[1, 2, 4, 8].map((stages) => ({ stages })),
    { methods: 1 },
    { methods: 6, blocks: 3 },
    { figures: false },
    { note: true },
    { note: true, width: 3000, height: 100 },
    { width: 100, height: 3000 },
    { width: 1, height: 1 },
    { width: 128, height: 128 },
  ])("keeps its texts apart: %j", (options) => {
    expectTidy(drawSweepSheet(sheetFor(options)));
  });

  it("names every stage above its maps, in every block", () => {
    const { texts } = drawSweepSheet(sheetFor({ blocks: 2 }));
    const heads = texts.filter(({ text }) => /^stage\d$/.test(text));
    expect(heads).toHaveLength(2 * 5);
    const lefts = [...new Set(heads.map(({ x }) => x))];
    const figures = texts.filter(({ text }) => text.startsWith("Loc") && text.endsWith("miss"));
    // two methods with five maps, of which one is missing, in two blocks
    expect(figures).toHaveLength(2 * 9);
    expect(figures.every(({ x }) => lefts.includes(x))).toBe(true);
  });

  it("has one scale for each kind of colors", () => {
    const ticks = (methods: number) =>
      drawSweepSheet(sheetFor({ methods })).texts.filter(({ text }) => /^(−1|0|½|1)$/.test(text)).length;
    expect(ticks(1)).toBe(3);
    expect(ticks(2)).toBe(6);
  });

  it("says where a scale begins that does not at zero", () => {
    const sheet = sheetFor({ methods: 1 });
    const floating = { low: 3.12, high: 4.3, clipped: false };
    const rows = sheet.blocks[0]?.rows.map((row) => ({
      ...row,
      tiles: row.tiles.map((tile) => tile && { ...tile, range: floating }),
    }));
    const { texts } = drawSweepSheet({ ...sheet, blocks: [{ heading: "Why tabby?", rows: rows ?? [] }] });
    expect(texts.filter(({ text }) => text === "0 = 3.1  ·  1 = 4.3")).toHaveLength(5);
  });

  it.each<Case>([{ note: true }, { stages: 8 }, { width: 3000, height: 100 }])(
    "is a PNG of the layout's size, no wider than a laptop's screen: %j",
    async (options) => {
      const sheet = sheetFor(options);
      const { width, height } = drawSweepSheet(sheet);
      expect(width).toBeLessThanOrEqual(1600);
      expect(await sharp(await renderSweepSheet(sheet)).metadata()).toMatchObject({ format: "png", width, height });
    },
  );
});
