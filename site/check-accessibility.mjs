// What axe-core finds on pages, in headless Chromium: contrast, names, structure, keys.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A desk in daylight and a telephone at night. */
const SCREENS = [
  { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } },
];

/**
 * @param folder of the site
 * @param pages their addresses in it
 * @param executablePath of Chromium
 * @returns a line for each rule that a page violates on one of the screens, and for each page that is wider than its screen
 */
export async function barriers(folder, pages, executablePath) {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
  });
  try {
    return (await Promise.all(SCREENS.map((screen) => onScreen(browser, screen, folder, pages)))).flat();
  } finally {
    await browser.close();
  }
}

async function onScreen(browser, screen, folder, pages) {
  const { colorScheme, viewport } = screen;
  const page = await browser.newPage(screen);
  const complaints = [];
  for (const address of pages) {
    const where = `${address}, ${colorScheme}, ${viewport.width} pixels`;
    await page.goto(pathToFileURL(join(folder, address)).href);
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, help, nodes } of violations) {
      complaints.push(`${where}: ${id}, ${help} (${nodes.length} times), such as ${nodes[0].html.slice(0, 200)}`);
    }
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (excess > 0) complaints.push(`${where}: ${excess} pixels wider than the screen`);
  }
  await page.close();
  return complaints;
}
