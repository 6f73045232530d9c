import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

export default defineConfig({
  resolve: { alias: { "@limn/core": source("core"), "@limn/scenes": source("scenes"), "@limn/node": source("node") } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts", "test/**/*.test.ts"],
    // ONNX Runtime's native threads do not survive worker threads being torn down
    pool: "forks",
    // a process reads a module once, not once for each test file: that is most of what unit tests cost
    isolate: false,
    maxWorkers: "100%",
    execArgv: ["--import", new URL("test/one-thread.mjs", import.meta.url).href],
    testTimeout: 60_000,
  },
});
