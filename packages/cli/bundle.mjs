// Joins what tsc has built of the command line, and of everything that it imports, into a few files in dist/bundle. Node takes about
// a millisecond to find, read and link a module, and a command needs seven hundred of them. It runs after tsc; bin/limn.js says
// which of the two counts.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What stays a package of its own: what is not needed by all, or has libraries of the system next to it. */
const SEPARATE = ["@limn/models", "@limn/onnxruntime", "bullmq", "ioredis"];

/** What most commands need; one file, since all of it is small. */
const COMMON =
  /[/\\](packages[/\\](core|node)[/\\]dist|node_modules[/\\](@bufbuild|@img|detect-libc|semver|sharp|valibot))[/\\]/;

/** The packages with files that are found next to the module that reads them: labels, fonts, drawings, libraries. */
const WITH_FILES = ["@limn/evaluate", "@limn/node", "@limn/scenes", "@limn/studio", "sharp"];

/** A module as an address at run time: next to the entry of its package, wherever that is installed by then. */
function addressOf(module) {
  const within = (folder) => (module.startsWith(folder) ? relative(folder, module).split(sep).join("/") : undefined);
  const own = within(here("dist/"));
  if (own) return `new URL("../${own}", import.meta.url).href`;
  const name = WITH_FILES.find((name) => within(folderOf(name)));
  return name && `new URL("${within(folderOf(name))}", import.meta.resolve("${name}")).href`;
}

const folderOf = (name) => fileURLToPath(new URL(".", import.meta.resolve(name)));

const bundle = await rolldown({
  input: here("dist/main.js"),
  platform: "node",
  external: SEPARATE,
  // what other programs load later, such as a page, is in the common file here
  checks: { ineffectiveDynamicImport: false },
  plugins: [
    {
      name: "addresses",
      transform(code, module) {
        const address = code.includes("import.meta.url") && addressOf(module);
        return address ? code.replaceAll("import.meta.url", address) : undefined;
      },
    },
  ],
});
rmSync(here("dist/bundle"), { recursive: true, force: true });
const { output } = await bundle.write({
  dir: here("dist/bundle"),
  chunkFileNames: "[name].js",
  codeSplitting: { groups: [{ name: "limn", test: COMMON }] },
});

const modules = output.flatMap((file) => Object.keys(file.modules ?? {}));
const folders = new Set(
  modules.flatMap((module) => /^.*node_modules[/\\](@[^/\\]+[/\\])?[^/\\]+/.exec(module)?.[0] ?? []),
);
writeFileSync(here("dist/bundle/LICENSES.txt"), [...folders].sort().map(licenseOf).join("\n\n"));

/** What the license of a package asks to go with copies of it. */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}
