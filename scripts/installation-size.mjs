// How much an installation for one photo is: @limn/core and @limn/node as they are published, in an empty folder.
// Fails beyond the limits, which count the bytes in files, as npm's unpacked size does: what a disk takes for them
// depends on its blocks, and is printed next to it. Needs the registry, or npm's cache.
//
//   node scripts/installation-size.mjs [--list 10] [--packed FOLDER]
import { lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pack, packedIn, run } from "./pack.mjs";

const PACKAGES = ["@limn/onnxruntime", "@limn/core", "@limn/node"];

/** What the runtime itself takes is left out of the size. */
const RUNTIME = ["@limn/onnxruntime", "onnxruntime-common"];

const LIMITS = { packages: 60, bytes: 30e6 };

const { values } = parseArgs({ options: { list: { type: "string", default: "10" }, packed: { type: "string" } } });
// as npm names it: the system's temporary folder is a link on macOS, and has a short name on Windows
const folder = realpathSync.native(mkdtempSync(join(tmpdir(), "limn-installation-")));

try {
  const packed = values.packed ? packedIn(values.packed, PACKAGES) : pack(PACKAGES, folder);
  const tarballs = packed.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(folder, "npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs]);

  const paths = run(folder, "npm", ["ls", "--all", "--parseable"]).trim().split("\n").slice(1);
  const names = [...new Set(paths)].map((path) =>
    path.slice(join(folder, "node_modules/").length).replaceAll("\\", "/"),
  );
  const sizes = names.map((name) => ({ name, ...sizeOf(join(folder, "node_modules", name)) }));
  const counted = sizes.filter(({ name }) => !RUNTIME.includes(name));
  const total = (key) => counted.reduce((sum, size) => sum + size[key], 0);
  const line = (name, { bytes, blocks }) => `${name.padEnd(36)}${megabytes(bytes)}${megabytes(blocks)}`;

  console.log(`${"".padEnd(36)}   MB in files   on this disk`);
  for (const size of counted.sort((a, b) => b.blocks - a.blocks).slice(0, Number(values.list))) {
    console.log(line(size.name, size));
  }
  console.log(line("all without ONNX Runtime", { bytes: total("bytes"), blocks: total("blocks") }));
  console.log(`${names.length} packages`);
  if (names.length >= LIMITS.packages || total("bytes") >= LIMITS.bytes) {
    console.error(`too much: fewer than ${LIMITS.packages} packages and ${LIMITS.bytes / 1e6} MB in files are wanted`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Bytes of all files of a package without those of packages within it, and what the disk gives them. */
function sizeOf(path) {
  const { size, blocks } = lstatSync(path);
  const own = { bytes: size, blocks: 512 * blocks };
  if (!lstatSync(path).isDirectory()) return own;
  return readdirSync(path)
    .filter((name) => name !== "node_modules")
    .map((name) => sizeOf(join(path, name)))
    .reduce((sum, { bytes, blocks }) => ({ bytes: sum.bytes + bytes, blocks: sum.blocks + blocks }), {
      ...own,
      bytes: 0,
    });
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2).padStart(14);
}
