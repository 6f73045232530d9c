// The packages as they will be published, for scripts that install them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const manifestOf = (folder) => JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));

/** The manifests of all packages, in the order in which they need each other. */
export const manifests = manifestOf(".").workspaces.map(manifestOf);

/** Packs packages by their names into a folder; npm builds them first. @returns [{ name, path }] */
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
