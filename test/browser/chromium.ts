import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type InlineConfig, preview } from "vite";
import { findChromium } from "../../scripts/find-chromium.mjs";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** Quiet, and nothing that needs the network or a GPU. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** SharedArrayBuffer, and so threads, are only there for pages that are cross-origin isolated. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** Of this process, for all test files that it runs: Chromium, which ends with the process, and the bundles by their pages' folders. */
let browser: Promise<Browser> | undefined;
const bundles = new Map<string, Promise<string>>();
const bundled = mkdtempSync(join(tmpdir(), "limn-browser-"));
process.once("exit", () => rmSync(bundled, { recursive: true, force: true }));

/** @throws Error if there is no Chromium */
function startedBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium; run: node scripts/ensure-test-programs.mjs");
  browser ??= chromium.launch({ executablePath, args: ARGUMENTS });
  return browser;
}

/** @returns the folder of the bundle */
function bundleOf(root: string, options: InlineConfig): Promise<string> {
  const known = bundles.get(root);
  if (known) return known;
  const outDir = join(bundled, `${bundles.size}`);
  const made = build({ ...options, build: { ...options.build, outDir } }).then(() => outDir);
  bundles.set(root, made);
  return made;
}

/**
 * Bundles a folder's page, with @limn/core as it is built, and opens it in headless Chromium.
 * @param root this folder unless given
 * @param ready what holds when the page can be used; an expression, where its content security policy allows to evaluate one
 * @param configFile Vite's, if the page has one
 * @param serve serves the folder of the bundle. Default: Vite does
 */
export async function openPage(
  root = ROOT,
  ready: string | (() => unknown) = "globalThis.limn",
  configFile: string | false = false,
  serve?: (folder: string) => Promise<Served>,
): Promise<OpenPage> {
  const options: InlineConfig = {
    root,
    configFile,
    logLevel: "warn",
    build: { emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
    worker: { format: "es" },
  };
  const outDir = await bundleOf(root, options);
  const { address, close } = await (serve ? serve(outDir) : previewed({ ...options, build: { outDir } }));
  const page = await (await startedBrowser()).newPage();
  // a worker that dies would leave its page waiting for ever: say why, and let whoever waits fail
  page.on("pageerror", (error) => {
    console.error(error);
    void page.close();
  });
  await page.goto(address);
  await page.waitForFunction(ready);
  return {
    page,
    async close() {
      await page.close();
      await close();
    },
  };
}

/** A page that can be visited. */
export interface Served {
  readonly address: string;
  close(): Promise<void>;
}

async function previewed(options: InlineConfig): Promise<Served> {
  const server = await preview({ ...options, preview: { port: 0, host: "127.0.0.1", headers: ISOLATED } });
  return { address: server.resolvedUrls?.local[0] as string, close: () => server.close() };
}
