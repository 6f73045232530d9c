// The packages as they will be published, for scripts that install them.
//
//   node scripts/pack.mjs FOLDER      packs all of them, for scripts with --packed FOLDER
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What is in a folder of packages. */
const LIST = "packed.json";

const manifestOf = (folder) => JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));

/** The manifests of all packages, in the order in which they need each other. */
export const manifests = manifestOf(".").workspaces.map(manifestOf);

/** The packages of these names in a folder where this script has packed them. @returns [{ name, path, files }] */
export function packedIn(folder, names) {
  const list = join(folder, LIST);
  if (!existsSync(list)) throw new Error(`${folder}: there are no packages; run node scripts/pack.mjs ${folder}`);
  return JSON.parse(readFileSync(list, "utf8")).filter(({ name }) => names.includes(name));
}

/** Packs packages by their names into a folder; npm builds them first. @returns [{ name, path, files }] */
export function pack(names, folder) {
  const options = ["--json", "--pack-destination", folder];
  const workspaces = names.flatMap((name) => ["--workspace", name]);
  const printed = run(ROOT, "npm", ["pack", ...options, ...workspaces]);
  // what builds say comes before the list
  const packed = JSON.parse(printed.slice(printed.search(/^\[/m)));
  return packed.map(({ name, filename, files }) => ({ name, path: join(folder, filename), files }));
}

/** Runs a program that has to succeed. @returns what it printed to stdout */
export function run(cwd, program, args, options = {}) {
  // npm and npx are scripts of the shell on Windows, which divides arguments at blanks
  const shell = process.platform === "win32" && ["npm", "npx"].includes(program);
  return execFileSync(program, shell ? args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)) : args, {
    cwd,
    shell,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv;
  mkdirSync(folder, { recursive: true });
  const all = pack(
    manifests.map(({ name }) => name),
    folder,
  );
  writeFileSync(join(folder, LIST), JSON.stringify(all));
}
