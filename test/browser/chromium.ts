import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
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
  close(): Promise<void>;
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
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium; run: node scripts/ensure-test-programs.mjs");
  const { address, close } = await serve(await bundleOf(root, configFile));
  const args = hasGpu ? [...ARGUMENTS.filter((flag) => flag !== "--disable-gpu"), ...SWIFTSHADER] : ARGUMENTS;
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage(context);
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
      await browser.close();
      await close();
    },
  };
}

const bundles = new Map<string, Promise<string>>();
const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The folder of a page's bundle, which all tests of this process share. */
function bundleOf(root: string, configFile: string | false): Promise<string> {
  const key = `${root} ${configFile}`;
  const bundle = bundles.get(key) ?? bundled(root, configFile);
  bundles.set(key, bundle);
  return bundle;
}

async function bundled(root: string, configFile: string | false): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "limn-browser-"));
  folders.push(outDir);
  await build({
    root,
    configFile,
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
    ...(configFile === false ? { worker: { format: "es" } } : {}),
  });
  return outDir;
}

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
