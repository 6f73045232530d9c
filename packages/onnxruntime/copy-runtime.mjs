// Copies the libraries of onnxruntime-node, and the few lines of JavaScript that load them, to runtime/, which is published.
// Left behind are its install script, which downloads CUDA's provider and fails an installation that can't reach it, and
// the packages that only this script needs. It runs before this package is packed.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
const target = fileURLToPath(new URL("runtime/", import.meta.url));

const { name, version, license, repository, main } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
const { version: wanted } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
if (version !== wanted) {
  throw new Error(
    `onnxruntime-node ${version} is installed, but this package is version ${wanted}: make them the same`,
  );
}

rmSync(target, { recursive: true, force: true });
cpSync(join(source, "bin"), join(target, "bin"), { recursive: true });
cpSync(join(source, "dist"), join(target, "dist"), {
  recursive: true,
  filter: (path) => !/\.(d\.ts|map)$/.test(path),
});
writeFileSync(
  join(target, "package.json"),
  `${JSON.stringify({ name, version, license, repository, main, private: true }, null, 2)}\n`,
);
