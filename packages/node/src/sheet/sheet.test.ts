import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { expectTidy } from "../testing/tidy.js";
import { number } from "./elements.js";
import { drawSheet, drawTile, renderSheet, renderTile, type Sheet, type SheetMap, tilePixels } from "./sheet.js";

const TENSOR = "/features/features.18/features.18.1/activations/with a very long name/Relu_output_0";
const NOTE = `the weighted activations at "${TENSOR}" are negative everywhere and the ReLU removes them, so nothing there speaks for this class; see what speaks against it, or try another layer or target`;

interface Case {
  readonly width?: number;
  readonly height?: number;
  readonly maps?: number;
  readonly rows?: number;
  readonly label?: string;
  readonly note?: string;
  readonly families?: readonly string[];
  readonly view?: Sheet["view"];
}

function sheetFor({
  width = 640,
  height = 480,
  maps = 4,
  rows = 1,
  label = "tabby",
  note,
  families = ["gradients"],
  view,
}: Case): Sheet {
  const size = tilePixels({ width, height });
  const rgb = new Uint8Array(size.width * size.height * 3).fill(120);
  const map = (i: number): SheetMap => ({
    rgb,
    colors: i % 2 ? "aurora" : "ember",
    range: i % 2 ? { low: -1.23456e-5, high: 1.23456e-5, clipped: true } : { low: 0, high: 0.159, clipped: true },
    family: families[i % families.length] as string,
    title: "a-method-with-a-long-name",
    facts: "stage3  ·  13 × 13",
    tensor: i % 3 ? TENSOR : undefined,
    note: i === 1 ? note : undefined,
  });
  const row = { heading: `Why ${label}?  class 281, 0.3 %`, maps: Array.from({ length: maps }, (_, i) => map(i)) };
  return {
    title: `${label} ${label}.jpg`,
    subtitle: `model.onnx  ·  predicted ${label} 28.5 %, then ${label} 25.5 %, then ${label} 8.3 %`,
    picture: { ...size, rgb },
    view: view ?? { x: 0, y: 0, ...size },
    rows: Array.from({ length: rows }, () => row),
  };
}

const LABELS = ["tabby", "一只非常可爱的猫坐在窗台上看着外面的鸟", "cat & <dog> 🐈", "a label ".repeat(60)];

describe("a sheet", () => {
  it.each<Case>([
    ...Array.from({ length: 20 }, (_, i) => ({ maps: i + 1 })),
    { maps: 0 },
    { rows: 4, maps: 6 },
    { rows: 2, maps: 13, families: ["relevance", "gradients"] },
    { width: 3000, height: 100 },
    { width: 100, height: 3000 },
    { width: 1, height: 1 },
    { width: 28, height: 28 },
    { width: 20_000, height: 1 },
    { width: 1, height: 20_000 },
    { note: NOTE },
    { note: NOTE, width: 3000, height: 100 },
    { note: NOTE, width: 100, height: 3000, rows: 2 },
    ...LABELS.map((label) => ({ label })),
    ...LABELS.map((label) => ({ label, maps: 1, note: NOTE })),
    { view: { x: -30, y: 20, width: 2000, height: 200 } },
  ])("keeps its texts apart: %j", (options) => {
    expectTidy(drawSheet(sheetFor(options)));
  });

  it.each([
    // maps, rows, columns: the picture is one more tile in every row
    [1, 1, 2],
    [4, 1, 5],
    [6, 1, 4],
    [9, 1, 5],
    [13, 1, 5],
    [20, 1, 7],
    [6, 3, 7],
    [9, 3, 5],
    [13, 3, 7],
  ])("sets %i maps in %i rows in %i columns", (maps, rows, columns) => {
    const tiles = drawSheet(sheetFor({ maps, rows })).texts.filter(({ text }) => /^(picture|a-method)/.test(text));
    expect(new Set(tiles.map(({ x }) => Math.round(x))).size).toBe(columns);
  });

  it("says what the ends of a contrast's colors speak for", () => {
    const sheet = sheetFor({});
    const ends = [
      "a dog with a very long name, such as ImageNet's",
      "a cat with one as well, so that they meet",
    ] as const;
    const contrast = { heading: "cat − dog", maps: sheet.rows[0]?.maps.map((map) => ({ ...map, ends })) ?? [] };
    const drawing = drawSheet({ ...sheet, rows: [...sheet.rows, contrast] });
    expectTidy(drawing);
    const words = drawing.texts.map(({ text }) => text).join(" ");
    expect(words).toMatch(/< −1\.2e-5 {2}a dog/);
    expect(words).toMatch(/a cat .*… {2}> 1\.2e-5/);
  });

  it("keeps families together, and names each where it begins and on every line that it goes on", () => {
    const { texts } = drawSheet(sheetFor({ maps: 13, families: ["relevance", "gradients"] }));
    const named = texts.filter(({ text }) => /^(gradients|relevance)$/.test(text));
    // 7 of the one and 6 of the other, in lines of 5 of which the first begins with the picture
    expect(named.map(({ text }) => text)).toEqual(["gradients", "gradients", "relevance", "relevance"]);
    expect(drawSheet(sheetFor({})).texts.some(({ text }) => text === "gradients")).toBe(false);
  });

  it("says a note in full", () => {
    const { texts } = drawSheet(sheetFor({ note: NOTE, width: 3000, height: 100 }));
    const words = texts.map(({ text }) => text).join(" ");
    expect(words).toContain("try another layer or target");
    expect(words).toContain("no scale: the map is blank");
  });

  it("names the end of a tensor's name", () => {
    const { texts } = drawSheet(sheetFor({ maps: 2 }));
    expect(texts.find(({ text }) => text.startsWith("stage3  ·  13 × 13  ·  …"))?.text).toMatch(/Relu_output_0$/);
  });

  it.each<Case>([{}, { width: 100, height: 3000, maps: 1 }, { label: LABELS[1] ?? "" }, { width: 1, height: 1 }])(
    "is a PNG of the layout's size, twice as dense: %j",
    async (options) => {
      const sheet = sheetFor(options);
      const { width, height } = drawSheet(sheet);
      const metadata = await sharp(await renderSheet(sheet)).metadata();
      expect(metadata).toMatchObject({ format: "png", width: Math.ceil(2 * width), height: Math.ceil(2 * height) });
    },
  );

  it("is less dense where there is much of it", async () => {
    const sheet = sheetFor({ maps: 13, rows: 3 });
    const { width, height } = await sharp(await renderSheet(sheet)).metadata();
    const drawn = drawSheet(sheet);
    expect(width * height).toBeLessThan(8.1e6);
    expect(width).toBeGreaterThanOrEqual(drawn.width);
    expect(width / height).toBeCloseTo(drawn.width / drawn.height, 2);
  });
});

describe("a tile", () => {
  it.each<Case>([{}, { width: 3000, height: 100 }, { width: 8, height: 8 }])(
    "is tidy, and a PNG: %j",
    async (options) => {
      const sheet = sheetFor({ ...options, note: NOTE });
      for (const map of sheet.rows[0]?.maps ?? []) expectTidy(drawTile(sheet, map));
      const map = sheet.rows[0]?.maps[0] as SheetMap;
      const { data, info } = await sharp(await renderTile(sheet, map))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.width).toBe(2 * drawTile(sheet, map).width);
      // the picture is there
      expect(data.includes(120)).toBe(true);
    },
  );
});

describe("number", () => {
  it.each([
    [0, "0"],
    [0.15912, "0.159"],
    [-41.07, "−41.1"],
    [1234, "1230"],
    [123456, "1.2e5"],
    [-0.00001234, "−1.2e-5"],
  ])("%d is %s", (value, text) => {
    expect(number(value)).toBe(text);
  });
});
