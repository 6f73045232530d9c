import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { extractDrawings } from "../../../scripts/extract-drawings.mjs";
import { allDrawingsOf } from "./classes.js";
import { FAMILIES, FAMILY_NAMES } from "./families.js";

const read = (file: string) => readFileSync(new URL(`../drawings/${file}`, import.meta.url), "utf8");

const { resolve } = createRequire(import.meta.url);
const installed = FAMILY_NAMES.every((family) => {
  try {
    return resolve(`${FAMILIES[family].package}/icons.json`);
  } catch {
    return false;
  }
});

describe("drawings.json", () => {
  it.skipIf(!installed)(`is what its script makes of the icon packages${installed ? "" : " (not installed)"}`, () => {
    expect(extractDrawings(FAMILIES, allDrawingsOf) === read("drawings.json")).toBe(true);
  });

  it.each(FAMILY_NAMES)(
    "names the license and the origin of %s, as the table of families and the README do",
    (family) => {
      const { title, author, license, url, package: name } = FAMILIES[family];
      const entry = JSON.parse(read("drawings.json"))[family];
      expect(entry).toMatchObject({ license: { spdx: license }, author: { url } });
      expect(entry.source.replace(/@[^@]*$/, "")).toBe(name);
      expect(read("README.md")).toContain(`| ${family} | [${title}](${url}) | ${author} | [${license}](`);
    },
  );

  it("comes with the texts of the licenses that ask for it", () => {
    expect(read("LICENSE-Apache-2.0.txt")).toContain("END OF TERMS AND CONDITIONS");
    expect(read("LICENSE-MIT.txt")).toContain("Copyright (c) Microsoft Corporation.");
  });
});
