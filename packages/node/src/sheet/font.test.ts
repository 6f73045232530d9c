import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { extractFont, WEIGHTS } from "../../../../scripts/extract-font.mjs";

const { resolve } = createRequire(import.meta.url);
const installed = (() => {
  try {
    return resolve("@fontsource/inter/package.json");
  } catch {
    return undefined;
  }
})();

describe("the fonts' files", () => {
  it.skipIf(!installed).each(WEIGHTS)(
    `are what their script makes of the font's package: %i${installed ? "" : " (not installed)"}`,
    (weight) => {
      const file = new URL(`../../fonts/inter-${weight}.json.gz`, import.meta.url);
      expect(extractFont(weight) === gunzipSync(readFileSync(file)).toString()).toBe(true);
    },
  );
});
