import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const { workspaces } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** What the packages export, as the source that it is built from. */
const alias = (workspaces as string[]).flatMap((folder) => {
  const { name, exports = {} } = JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), "utf8"));
  return Object.entries(exports as Record<string, { default: string }>).map(([entry, { default: built }]) => ({
    find: new RegExp(`^${name}${entry.slice(1)}$`),
    replacement: fileURLToPath(
      new URL(`${folder}/${built.replace("dist", "src").replace(/js$/, "ts")}`, import.meta.url),
    ),
  }));
});

export default defineConfig({
  resolve: { alias },
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
