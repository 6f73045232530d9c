import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string, file = "index") =>
  fileURLToPath(new URL(`packages/${name}/src/${file}.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "@limn/core/vocabulary": source("core", "vocabulary"),
      "@limn/core": source("core"),
      "@limn/scenes": source("scenes"),
      "@limn/node": source("node"),
    },
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts", "test/**/*.test.ts"],
    // ONNX Runtime's native threads do not survive worker threads being torn down
    pool: "forks",
    testTimeout: 60_000,
  },
});
