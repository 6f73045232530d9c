import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build, preview } from "vite";
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
  // a camera that films a test picture, and asks nobody
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** WebGPU without a GPU, by the renderer that comes with Chromium. */
const SWIFTSHADER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** SharedArrayBuffer, and so threads, are only there for pages that are cross-origin isolated. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface OpenPage {
  readonly page: Page;
  /** The addresses of the scripts that were sent so far, also to workers. */
  readonly scripts: readonly string[];
  close(): Promise<void>;
}

/** Of this process, for all test files that it runs: Chromium with and without WebGPU, and the bundles of the pages. */
const browsers = new Map<boolean, Promise<Browser>>();
const bundles = new Map<string, Promise<string>>();
const bundled = mkdtempSync(join(tmpdir(), "limn-browser-"));
process.once("exit", () => rmSync(bundled, { recursive: true, force: true }));

/**
 * Chromium, which ends with the process.
 * @throws Error if Chromium is not installed
 */
function startedBrowser(hasGpu: boolean): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium; run: node scripts/ensure-test-programs.mjs");
  const args = hasGpu ? [...ARGUMENTS.filter((flag) => flag !== "--disable-gpu"), ...SWIFTSHADER] : ARGUMENTS;
  const browser = browsers.get(hasGpu) ?? chromium.launch({ executablePath, args });
  browsers.set(hasGpu, browser);
  return browser;
}

/** The folder of a page's bundle. */
function bundleOf(root: string, configFile: string | false): Promise<string> {
  const key = `${root} ${configFile}`;
  const bundle = bundles.get(key) ?? bundleInto(join(bundled, `${bundles.size}`), root, configFile);
  bundles.set(key, bundle);
  return bundle;
}

async function bundleInto(outDir: string, root: string, configFile: string | false): Promise<string> {
  // what is published: vitest's own "test" would stand for React's development build
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    await build({
      root,
      configFile,
      logLevel: "warn",
      build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
      ...(configFile === false ? { worker: { format: "es" } } : {}),
    });
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
  return outDir;
}

/**
 * Bundles a folder's page, with @limn/core as it is built, and opens it in headless Chromium.
 * @param root this folder unless given
 * @param ready what holds when the page can be used; an expression, where its content security policy allows to evaluate one
 * @param configFile Vite's, if the page has one
 * @param serve serves the folder of the bundle. Default: Vite does
 * @param more whether there is WebGPU, and what the page may do
 */
export async function openPage(
  root = ROOT,
  ready: string | (() => unknown) = "globalThis.limn",
  configFile: string | false = false,
  serve: (folder: string) => Promise<Served> = previewed,
  { hasGpu = false, ...context }: BrowserContextOptions & { readonly hasGpu?: boolean } = {},
): Promise<OpenPage> {
  const { address, close } = await serve(await bundleOf(root, configFile));
  const visitor = await (await startedBrowser(hasGpu)).newContext(context);
  // a machine may be busy with other tests
  visitor.setDefaultTimeout(120_000);
  const page = await visitor.newPage();
  const scripts: string[] = [];
  visitor.on("response", (response) => {
    if (/javascript/.test(response.headers()["content-type"] ?? "")) scripts.push(response.url());
  });
  // a worker that dies would leave its page waiting for ever: say why, and let whoever waits fail
  page.on("pageerror", (error) => {
    console.error(error);
    void page.close();
  });
  await page.goto(address);
  await page.waitForFunction(ready, undefined, { timeout: 120_000 });
  return {
    page,
    scripts,
    async close() {
      await visitor.close();
      await close();
    },
  };
}

const STUDIO = fileURLToPath(new URL("../../packages/studio/", import.meta.url));

/** Opens the studio's page, once it shows a map with its scale. @param serve and more: see `openPage` */
export const openStudio = (
  serve?: (folder: string) => Promise<Served>,
  context?: BrowserContextOptions,
): Promise<OpenPage> =>
  // where nothing may be evaluated, a function may
  openPage(`${STUDIO}src/page`, () => document.querySelector(".scale"), `${STUDIO}vite.config.ts`, serve, context);

/** A page that can be visited. */
export interface Served {
  readonly address: string;
  close(): Promise<void>;
}

async function previewed(outDir: string): Promise<Served> {
  const server = await preview({
    configFile: false,
    logLevel: "warn",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1", headers: ISOLATED },
  });
  return { address: server.resolvedUrls?.local[0] as string, close: () => server.close() };
}
