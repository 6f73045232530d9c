import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { buildSite } from "../../site/build.mjs";
import { barriers } from "../../site/check-accessibility.mjs";
import { brokenLinks } from "../../site/check-links.mjs";
import { tooLarge } from "../../site/check-sizes.mjs";

const out = mkdtempSync(join(tmpdir(), "limn-site-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const chromium = findChromium();

describe("the site, without the API", () => {
  beforeAll(() => buildSite({ out, api: false }), 60_000);

  it("has a landing page, guides, the gallery and examples", () => {
    for (const page of ["index", "guides/install", "guides/methods/lrp", "guides/gallery", "examples/own-rule/index"])
      expect(existsSync(join(out, `${page}.html`)), page).toBe(true);
    expect(readFileSync(join(out, "guides/methods/lrp.html"), "utf8")).toContain('<h2 id="good-and-bad"');
  });

  it("has links that all lead somewhere", () => {
    expect(brokenLinks(out)).toEqual([]);
  });

  it("has no file that is too large for some hosts", () => {
    expect(tooLarge(out)).toEqual([]);
  });

  // `npm run site` asks axe about all pages
  it.skipIf(!chromium)(
    `has no barriers that axe finds on two of its pages${chromium ? "" : " (there is no Chromium)"}`,
    async () => {
      expect(await barriers(out, ["index.html", "guides/models.html"], chromium as string)).toEqual([]);
    },
  );
});

describe("brokenLinks", () => {
  const folder = mkdtempSync(join(tmpdir(), "limn-links-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("names files and anchors that are not there, and addresses that need a host's root", () => {
    writeFileSync(join(folder, "other.html"), '<h1 id="there">Other</h1>');
    const links = [
      "other.html#there",
      "https://example.org",
      "#gone",
      "other.html#gone",
      "gone.html",
      "/other.html",
      "../x",
    ];
    writeFileSync(join(folder, "index.html"), links.map((link) => `<a href="${link}">x</a>`).join("\n"));
    writeFileSync(join(folder, "style.css"), 'body { background: url("gone.png"); }');
    expect(brokenLinks(folder)).toEqual([
      "index.html links to #gone: there is no such anchor",
      "index.html links to other.html#gone: there is no such anchor",
      "index.html links to gone.html: there is no such file",
      "index.html links to /other.html: it would lead elsewhere if the site does not lie at the root of its host",
      "index.html links to ../x: it leads out of the site",
      "style.css names gone.png: there is no such file",
    ]);
  });
});
