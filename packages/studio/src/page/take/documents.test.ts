import { describe, expect, it } from "vitest";
import { type PageContent, pageHtml } from "./page-html.js";
import { sheetSvg } from "./sheet-svg.js";

const HOSTILE = `<script>alert("1")</script> & 'cat' \u0007`;

const CONTENT: PageContent = {
  title: HOSTILE,
  subtitle: HOSTILE,
  shape: 1.5,
  tiles: Array.from({ length: 5 }, (_, i) => ({
    name: `${HOSTILE}${i}`,
    note: HOSTILE,
    image: "data:image/png;base64,AAAA",
    scale: i === 0 ? undefined : { low: "0", high: "> 1", colors: ["#000", "#fff"] },
  })),
  classes: [{ name: HOSTILE, certainty: "92.0 %", share: 0.92 }],
  terminal: `limn explain '${HOSTILE}'`,
  typescript: HOSTILE,
  facts: [HOSTILE],
};

describe.each([
  ["the sheet", () => sheetSvg({ ...CONTENT, fonts: "" })],
  ["the page", () => pageHtml(CONTENT)],
])("%s", (_, make) => {
  it("has every picture, and takes names for text", () => {
    const text = make();
    expect(text.match(/data:image\/png/g)).toHaveLength(5);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("\u0007");
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'cat'");
  });
});

it("a sheet has rows of four", () => {
  const heightOf = (count: number) =>
    Number(/height="([\d.]+)"/.exec(sheetSvg({ ...CONTENT, tiles: CONTENT.tiles.slice(0, count), fonts: "" }))?.[1]);
  expect(heightOf(5)).toBeGreaterThan(heightOf(4) + 440 / 1.5);
  expect(heightOf(3)).toBe(heightOf(4));
});
