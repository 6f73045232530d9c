// Installs programs through apt on Debian and Ubuntu.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const ENVIRONMENT = {
  // dpkg needs the folders of system programs, which are not on every user's PATH
  PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`,
  DEBIAN_FRONTEND: "noninteractive",
};

/** Whether apt installs programs here. */
export function isDebian() {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && succeeds("apt-get", ["--version"]);
  } catch {
    return false;
  }
}

/** Whether this process may install anything without being asked for a password. */
export const mayInstall = () => isDebian() && asRoot() !== undefined;

/** @throws Error with the output of apt where it fails */
export function install(...packages) {
  apt("update");
  apt("install", "--yes", "--no-install-recommends", ...packages);
}

function apt(...args) {
  // sudo takes no environment along, env sets it on the other side
  const environment = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const [command, ...rest] = [...asRoot(), "env", ...environment, "apt-get", "--quiet", ...args];
  const { status, error, stdout, stderr } = run(command, rest);
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} failed\n${error?.message ?? `${stdout}${stderr}`}`);
}

/** The command that runs others as root without asking: empty for root itself, undefined where there is none. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return succeeds("sudo", ["-n", "true"]) ? ["sudo", "-n"] : undefined;
}

function succeeds(command, args) {
  return run(command, args).status === 0;
}

function run(command, args) {
  const env = { ...process.env, ...ENVIRONMENT };
  return spawnSync(command, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
