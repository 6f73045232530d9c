import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Lists what the page consists of, in files.json, so that it can be kept for visits without a network. */
function listOfFiles(): Plugin {
  return {
    name: "list-of-files",
    writeBundle({ dir = "" }) {
      const files = readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== SERVICE_WORKER)
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(dir.length + 1)
            .replaceAll("\\", "/"),
        );
      writeFileSync(join(dir, "files.json"), JSON.stringify(files.sort()));
    },
  };
}

/** Its name never changes, and it lies at the top: it sees what lies below it. */
const SERVICE_WORKER = "service-worker.js";

interface Modules {
  getModuleInfo(id: string): { readonly isEntry: boolean; readonly importers: readonly string[] } | null;
}

/** Parts of core that a worker imports when it is asked for them, though core's index names them next to all others. */
const ASKED_FOR = /\/core\/dist\/(imagine|diagnose|evaluate|check|inspect\/network)\b/;

/** Whether a worker needs a module from its beginning. */
function isNeededAtOnce(id: string, modules: Modules, seen = new Set<string>()): boolean {
  const info = modules.getModuleInfo(id);
  if (!info || seen.has(id) || ASKED_FOR.test(id)) return false;
  seen.add(id);
  return info.isEntry || info.importers.some((importer) => isNeededAtOnce(importer, modules, seen));
}

/** The studio's page as static files that work under any address, also without a server of their own. */
export default defineConfig({
  root: here("src/page"),
  base: "./",
  plugins: [react(), listOfFiles()],
  build: {
    outDir: here("dist/page"),
    emptyOutDir: true,
    target: "es2022",
    // one file: a style that does not arrive would be missing for good, where a script is asked for again
    cssCodeSplit: false,
    // files of their own: a content security policy need not allow data: for scripts and fonts
    assetsInlineLimit: 0,
    // lists of what each part needs would be sent before the first picture
    modulePreload: false,
    chunkSizeWarningLimit: 700,
  },
  worker: {
    format: "es",
    rollupOptions: {
      output: {
        // many small files, cut by who else uses what, would be larger
        codeSplitting: {
          groups: [{ debugName: "at once", name: (id, modules) => (isNeededAtOnce(id, modules) ? "at-once" : null) }],
        },
        entryFileNames: ({ name }) => (`${name}.js` === SERVICE_WORKER ? SERVICE_WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
  preview: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
});
