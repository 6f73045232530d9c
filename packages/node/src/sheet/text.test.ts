import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fitted, fittedTail, type TextStyle, textSvg, widthOf, wrapped } from "./text.js";

const STYLE: TextStyle = { size: 12 };
const LONG = "/features/features.18/features.18.1/activations/Relu_output_0";

describe("widthOf", () => {
  it("grows with size, and with every letter", () => {
    expect(widthOf("limn", { size: 24 })).toBeCloseTo(2 * widthOf("limn", STYLE));
    expect(widthOf("limns", STYLE)).toBeGreaterThan(widthOf("limn", STYLE));
    expect(widthOf("", STYLE)).toBe(0);
  });

  it("knows alphabets beyond Latin, and leaves room for what is drawn by the system's fonts", () => {
    expect(textSvg("Łódź Ωμέγα Собака", 0, 0, STYLE)).not.toContain("<text");
    expect(widthOf("猫猫", STYLE)).toBeGreaterThanOrEqual(2 * 12);
  });
});

describe("fitted", () => {
  it.each([5, 20, 60, 100, 200])("fits %i units", (width) => {
    for (const shorten of [fitted, fittedTail]) {
      const text = shorten(LONG, width, STYLE);
      if (width >= 12) expect(widthOf(text, STYLE)).toBeLessThanOrEqual(width);
      expect(text).toContain("…");
    }
  });

  it("keeps what fits as it is", () => {
    expect(fitted("tabby", 100, STYLE)).toBe("tabby");
    expect(fittedTail("tabby", 100, STYLE)).toBe("tabby");
  });

  it("keeps the start of names, the end of tensors", () => {
    expect(fitted(LONG, 120, STYLE)).toMatch(/^\/features.*…$/);
    expect(fittedTail(LONG, 120, STYLE)).toMatch(/^….*Relu_output_0$/);
  });

  it("does not cut a character in two", () => {
    expect(fitted("🐈🐈🐈🐈🐈🐈", 40, STYLE)).toMatch(/^(🐈)*…$/u);
  });
});

describe("wrapped", () => {
  it("breaks between words, and words that are wider than a line", () => {
    for (const line of wrapped(`the gradient by "${LONG}" is zero everywhere`, 100, 20, STYLE)) {
      expect(widthOf(line, STYLE)).toBeLessThanOrEqual(100);
    }
    expect(wrapped("one two", 100, 3, STYLE)).toEqual(["one two"]);
  });

  it("cuts what is beyond its lines", () => {
    const lines = wrapped("one two three four five six seven eight", 50, 2, STYLE);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
  });
});

describe("textSvg", () => {
  it.each(["cats & <dogs> \"'", "猫 & 狗", "🐈‍⬛ <b>", "عربي", "\u0000\u0007\uFFFE\uD800", "a\nb", ""])(
    "draws %j",
    async (text) => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20">${textSvg(text, 0, 15, STYLE)}</svg>`;
      const { width } = await sharp(Buffer.from(svg)).png().metadata();
      expect(width).toBe(200);
    },
  );

  it("draws where it is told to", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20">${textSvg("limn", 100, 15, { ...STYLE, anchor: "end" })}</svg>`;
    const { data } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true });
    const inked = Array.from({ length: 100 }, (_, x) =>
      Array.from({ length: 20 }, (_, y) => data[4 * (100 * y + x) + 3] ?? 0),
    );
    const columns = inked.flatMap((column, x) => (column.some((alpha) => alpha > 20) ? [x] : []));
    expect(Math.min(...columns)).toBeGreaterThan(100 - widthOf("limn", STYLE) - 1);
    expect(Math.max(...columns)).toBeGreaterThan(95);
  });
});
