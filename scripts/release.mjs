// Makes a release of the version that it is given: the version in every package, the changelog, a commit and a tag. It publishes
// nothing: it prints how to.
//
//   node scripts/release.mjs 0.3.0 [--no-git]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { manifests, run } from "./pack.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VERSION = /^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/;

const { values, positionals } = parseArgs({
  options: { git: { type: "boolean", default: true } },
  allowNegative: true,
  allowPositionals: true,
});
const [version] = positionals;
if (positionals.length !== 1 || !VERSION.test(version))
  fail("give the version to release: node scripts/release.mjs 0.3.0");

const { version: before } = manifests.find(({ name }) => name === "limn");
if (version === before) fail(`the packages have version ${version} already: give the next one`);
const git = (...args) => run(ROOT, "git", args).trim();
if (values.git && git("status", "--porcelain"))
  fail("there are changes that are not committed: commit or stash them first");

// all packages have the same version and name each other by it, except for the copy of ONNX Runtime, which has ONNX Runtime's
for (const { name } of manifests.filter((manifest) => manifest.version === before)) {
  const folder = name === "limn" ? "cli" : name.slice("@limn/".length);
  edit(`packages/${folder}/package.json`, (text) =>
    text
      .replace(`"version": "${before}"`, `"version": "${version}"`)
      .replaceAll(/("@limn\/[^"]+": )"([^"]+)"/g, (line, key, of) => (of === before ? `${key}"${version}"` : line)),
  );
}
edit("packages/core/src/version.ts", (text) => text.replace(`"${before}"`, `"${version}"`));
edit("CHANGELOG.md", (text) => text.replace("## Unreleased\n", `## Unreleased\n\n## ${version} (${today()})\n`));
run(ROOT, "npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"]);

if (values.git) {
  git("commit", "--all", "--message", `release: ${version}`);
  git("tag", "--annotate", `v${version}`, "--message", version);
}
console.log(`${version} is ready. Look at it, then:

  npm publish --workspaces --dry-run
  npm publish --workspaces && git push --follow-tags`);

/** Rewrites a file; a file in which nothing is to be changed is not what this script expects. */
function edit(path, change) {
  const text = readFileSync(join(ROOT, path), "utf8");
  const changed = change(text);
  if (changed === text) fail(`${path}: there is nothing to change from ${before} to ${version}`);
  writeFileSync(join(ROOT, path), changed);
}

function today() {
  return new Date().toISOString().slice(0, "2026-01-31".length);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
