import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { expectTidy } from "../testing/tidy.js";
import { PICTURE_FORMATS } from "./drawing.js";
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
    outline: [],
    range: i % 2 ? { low: -1.23456e-5, high: 1.23456e-5, clipped: true } : { low: 0, high: 0.159, clipped: true },
    family: families[i % families.length] as string,
    values: 169,
    title: "a-method-with-a-long-name",
    words: "which positions of a layer raise the score, in fine detail at shallow layers too, and a few words more",
    same: i === 2 ? "The same up to ReLU and scale: grad-cam, grad-cam-plus-plus, x-grad-cam, hires-cam" : undefined,
    about: `for ${label}, 44.9 %, by a_model_with_a_long_name_as_exporters_write_them.onnx`,
    chosen: i === 2 ? "with composite attn-lrp-gamma, epsilon 0.01" : undefined,
    caution: i === 3 ? "0.3 of the score arrives at the image" : undefined,
    facts: "stage3  ·  13 × 13 values",
    ends: i % 2 ? ["against", "for"] : ["", ""],
    tensor: i % 3 ? TENSOR : undefined,
    note: i === 1 ? note : undefined,
  });
  const row = { heading: `Why ${label}?  class 281, 0.3 %`, maps: Array.from({ length: maps }, (_, i) => map(i)) };
  return {
    title: `${label} ${label}.jpg`,
    subtitle: "seen by model.onnx",
    predictions: [
      { name: label, certainty: "28.5 %", share: 0.285 },
      { name: label, certainty: "< 0.1 %", share: 0.0001 },
      { name: label, certainty: "12.34", share: undefined },
    ],
    legend: ["The white line holds half of what a map shows for its class.", "Every map has its own scale."],
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
    // maps, rows, columns next to the picture
    [1, 1, 1],
    [4, 1, 4],
    [5, 1, 3],
    [6, 1, 3],
    [9, 2, 3],
    [13, 1, 4],
  ])("sets %i maps in %i rows in %i columns", (maps, rows, columns) => {
    const tiles = drawSheet(sheetFor({ maps, rows })).texts.filter(({ text }) => text.startsWith("a-method"));
    expect(new Set(tiles.map(({ x }) => Math.round(x))).size).toBe(columns);
  });

  it.each<Case>([{}, { maps: 20, rows: 3 }, { width: 3000, height: 100 }, { width: 100, height: 3000 }])(
    "fits a laptop's screen, in letters that can be read there: %j",
    (options) => {
      const { width, texts } = drawSheet(sheetFor(options));
      expect(width).toBeLessThanOrEqual(1600);
      expect(Math.min(...texts.map(({ height }) => height))).toBeGreaterThanOrEqual(14);
    },
  );

  it("shows the picture once, with what the model takes it for", () => {
    const { texts } = drawSheet(sheetFor({ rows: 3 }));
    const words = texts.map(({ text }) => text);
    expect(words.filter((text) => text === "Picture")).toHaveLength(1);
    expect(words.filter((text) => text === "28.5 %")).toHaveLength(1);
  });

  it("says on every card which class, how probable, by which model and method", () => {
    const map = sheetFor({}).rows[0]?.maps[2] as SheetMap;
    const words = drawTile(sheetFor({}), map).texts.map(({ text }) => text);
    expect(words.join(" ")).toMatch(
      /^a-method-.* which positions of a layer .* x-grad-cam, hires-cam for tabby, 44.9 %, by /,
    );
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
    expect(words).toMatch(/< −1\.2e-5 {2}a/);
    expect(words).toMatch(/a.*… {2}> 1\.2e-5/);
  });

  it("keeps families together, and names each where it begins and on every line that it goes on", () => {
    const { texts } = drawSheet(sheetFor({ maps: 13, families: ["relevance", "gradients"] }));
    const named = texts.filter(({ text }) => /^(gradients|relevance)$/.test(text));
    // 7 of the one and 6 of the other, in lines of 4
    expect(named.map(({ text }) => text)).toEqual(["gradients", "gradients", "relevance", "relevance", "relevance"]);
    expect(drawSheet(sheetFor({})).texts.some(({ text }) => text === "gradients")).toBe(false);
  });

  it("says the whole heading, in lines if there is one map only", () => {
    const words = drawSheet(sheetFor({ maps: 1, label: "Newfoundland" })).texts.map(({ text }) => text);
    expect(words.join(" ")).toContain("Why Newfoundland? class 281, 0.3 %");
  });

  it("says a note in full", () => {
    const { texts } = drawSheet(sheetFor({ note: NOTE, width: 3000, height: 100 }));
    const words = texts.map(({ text }) => text).join(" ");
    expect(words).toContain("try another layer or target");
    expect(words).toContain("no scale: the map is blank");
  });

  it("names the end of a tensor's name", () => {
    const { texts } = drawSheet(sheetFor({ maps: 2 }));
    expect(texts.find(({ text }) => text.startsWith("stage3  ·  13 × 13 values  ·  …"))?.text).toMatch(/output_0$/);
  });

  it("puts coarse maps before fine ones, and keeps the order of requests among them", () => {
    const sheet = sheetFor({ maps: 3, families: ["gradients", "relevance"] });
    const maps = sheet.rows[0]?.maps.map((map, i) => ({ ...map, title: `${i}`, values: i === 1 ? 49 : 50176 })) ?? [];
    const { texts } = drawSheet({ ...sheet, rows: [{ heading: "", maps }] });
    expect(texts.flatMap(({ text }) => (/^[0-2]$/.test(text) ? text : [])).filter((_, i) => i < 4)).toContain("1");
    const order = texts.filter(({ text }) => /^[0-2]$/.test(text) && text !== "0").sort((a, b) => a.x - b.x);
    expect(order.map(({ text }) => text)).toEqual(["1", "2"]);
  });

  it.each<Case>([{}, { width: 100, height: 3000, maps: 1 }, { label: LABELS[1] ?? "" }, { width: 1, height: 1 }])(
    "is a PNG, a WebP or an SVG of the layout's size: %j",
    async (options) => {
      const sheet = sheetFor(options);
      const { width, height } = drawSheet(sheet);
      for (const format of PICTURE_FORMATS) {
        const metadata = await sharp(await renderSheet(sheet, format)).metadata();
        expect(metadata).toMatchObject({ format, width, height });
      }
    },
  );

  it("draws outlines, and has the picture in an SVG too", async () => {
    const sheet = sheetFor({ maps: 1 });
    const [map] = sheet.rows[0]?.maps ?? [];
    const outline = [
      [
        [1, 2],
        [30, 40],
      ],
    ] as const;
    const svg = (await renderTile(sheet, { ...(map as SheetMap), outline }, "svg")).toString();
    expect(svg).toContain('d="M1.0 2.0L30.0 40.0"');
    expect(svg).toMatch(/<image x="24" y="24" width="288" height="216" href="data:image\/png;base64,/);
  });
});

describe("a tile", () => {
  it.each<Case>([{}, { width: 3000, height: 100 }, { width: 8, height: 8 }])(
    "is tidy, and a PNG: %j",
    async (options) => {
      const sheet = sheetFor({ ...options, note: NOTE });
      for (const map of sheet.rows[0]?.maps ?? []) expectTidy(drawTile(sheet, map));
      const map = sheet.rows[0]?.maps[0] as SheetMap;
      const { data, info } = await sharp(await renderTile(sheet, map, "png"))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.width).toBe(drawTile(sheet, map).width);
      // the picture is there
      expect(data.includes(120)).toBe(true);
    },
  );
});

describe("number", () => {
  it.each([
    [0, "0"],
    [0.15912, "0.16"],
    [-41.07, "−41"],
    [1234, "1200"],
    [123456, "1.2e5"],
    [-0.00001234, "−1.2e-5"],
  ])("%d is %s", (value, text) => {
    expect(number(value)).toBe(text);
  });
});
