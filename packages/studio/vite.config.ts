import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The studio's page as static files that work under any address, also without a server of their own. */
export default defineConfig({
  root: here("src/page"),
  base: "./",
  plugins: [react()],
  build: {
    outDir: here("dist/page"),
    emptyOutDir: true,
    target: "es2022",
    // files of their own: a content security policy need not allow data: for scripts and fonts
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  worker: { format: "es" },
  server: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
  preview: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
});
