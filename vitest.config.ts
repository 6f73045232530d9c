import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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

/**
 * Files that build pages and start browsers and processes come first, in `test/` and `bench/`: they are small and slow, and where
 * nothing is known of earlier runs, vitest puts small files last, where one core would wait for the other.
 */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => !/\/packages\/[^/]+\/src\//.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts", "test/**/*.test.ts"],
    // ONNX Runtime's native threads do not survive worker threads being torn down
    pool: "forks",
    // a process reads a module once, not once for each test file: that is most of what unit tests cost
    isolate: false,
    maxWorkers: "100%",
    sequence: { sequencer: SlowFirst },
    execArgv: ["--import", new URL("test/one-thread.mjs", import.meta.url).href],
    testTimeout: 180_000,
  },
});
