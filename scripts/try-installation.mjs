// Installs the packages as they are published into empty projects and uses them as a new user would: the command line, the
// library under TypeScript's strict modes, a page built with Vite. Needs the registry, or npm's cache, and no other network.
//
//   node scripts/try-installation.mjs [--with npm,pnpm] [--packed FOLDER]
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { manifests, pack, packedIn, run } from "./pack.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PNPM = "pnpm@10.34.8";

const { values } = parseArgs({
  options: { with: { type: "string", default: "npm,pnpm" }, packed: { type: "string" } },
});
const folder = mkdtempSync(join(tmpdir(), "limn-try-"));

try {
  const names = manifests.map(({ name }) => name);
  const packed = values.packed ? packedIn(values.packed, names) : pack(names, folder);
  for (const { name, files } of packed) checkFiles(name, files);
  for (const manager of values.with.split(",")) {
    const project = join(folder, manager);
    install(manager, project, packed);
    checkMaps(join(project, "node_modules/@limn/core"));
    tryCommandLine(project);
    tryLibrary(project);
    if (manager === "npm") buildPage(project);
    console.log(`${manager}: installed, explained, compiled`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function checkFiles(name, files) {
  const paths = files.map(({ path }) => path);
  const page = name === "@limn/studio" ? ["dist/page/index.html"] : [];
  for (const wanted of ["README.md", "LICENSE", "NOTICE", "package.json", ...page]) {
    assert(paths.includes(wanted), `${name}: ${wanted} is not in the package`);
  }
  assert.deepEqual(
    paths.filter((path) => /(^|\/)testing\/|\.test\.|\.tsbuildinfo$|^training\//.test(path)),
    [],
    `${name}: files that are for this repository only are in the package`,
  );
}

function install(manager, project, packed) {
  mkdirSync(project);
  const file = ({ path }) => `file:${path}`;
  // what is not on the registry yet is taken from its tarball, wherever in the tree it is needed
  const tarballs = Object.fromEntries(packed.map((one) => [one.name, file(one)]));
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: tarballs,
      devDependencies: versionsOf("typescript", "@types/node", "vite", "onnxruntime-web", "onnxruntime-common"),
      pnpm: { overrides: tarballs },
    }),
  );
  if (manager === "npm") run(project, "npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"]);
  else run(project, "npx", ["--yes", PNPM, "install", "--prefer-offline"], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The versions with which this repository is developed, for what a user would choose. */
function versionsOf(...names) {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  return Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`].version]));
}

/** Every map of a package names sources that are in the package. */
function checkMaps(installed) {
  const maps = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".map"),
  );
  assert(maps.length > 0, `${installed} has no maps`);
  for (const map of maps) {
    const path = join(installed, "dist", map);
    for (const source of JSON.parse(readFileSync(path, "utf8")).sources) {
      assert(existsSync(resolve(dirname(path), source)), `${path} names ${source}, which is not in the package`);
    }
  }
}

function tryCommandLine(project) {
  const { version } = manifests.find(({ name }) => name === "limn");
  const limn = (...args) => run(project, process.execPath, ["node_modules/limn/bin/limn.js", ...args]);
  assert.equal(limn("--version").trim(), version);
  assert.match(limn("demo"), /cat-and-dog\.sheet\.png/);
  assert(existsSync(join(project, "limn-out/cat-and-dog.sheet.png")));
}

function tryLibrary(project) {
  writeFileSync(
    join(project, "explain.ts"),
    `import { compile, type Explanation, Explainer, loadClassifier, type Runtime } from "@limn/core";
import { mean } from "@limn/core/vocabulary";
import { EMBEDDED_MODELS } from "@limn/models";
import { onnxRuntime, readModelFile } from "@limn/node";

const runtime: Runtime = onnxRuntime();
const classifier = await loadClassifier(readModelFile(EMBEDDED_MODELS["scenes-resnet"].path), runtime);
const explainer = await Explainer.create(compile(classifier, [{ method: "grad-cam" }]), runtime);
const pixels = new Float32Array(3 * 128 * 128);
const [explanation]: readonly Explanation[] = await explainer.explain({ dtype: "float32", dims: [1, 3, 128, 128], data: pixels });
console.log(typeof mean, explanation?.maps[0]?.shape.join(" x "));
await explainer.release();
`,
  );
  const strict = ["--strict", "--target", "es2022", "--types", "node", "--skipLibCheck", "false", "explain.ts"];
  const tsc = (...args) => run(project, process.execPath, ["node_modules/typescript/bin/tsc", ...args, ...strict]);
  tsc("--module", "esnext", "--moduleResolution", "bundler", "--noEmit");
  tsc("--module", "nodenext", "--moduleResolution", "nodenext");
  console.log(run(project, process.execPath, ["explain.js"]).trim());
}

function buildPage(project) {
  const page = join(project, "page");
  cpSync(join(ROOT, "examples/in-a-web-page"), page, { recursive: true });
  run(project, process.execPath, ["node_modules/vite/bin/vite.js", "build", page, "--logLevel", "error"]);
  assert(existsSync(join(page, "dist/index.html")));
}
