// Sees to it that the browser tests have a Chromium: finds one, or installs it through apt on Debian and Ubuntu.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findChromium } from "./find-chromium.mjs";

const APT_ENVIRONMENT = {
  // dpkg needs the folders of system programs, which are not on every user's PATH
  PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`,
  DEBIAN_FRONTEND: "noninteractive",
};

if (!findChromium()) {
  if (process.env.LIMN_CHROMIUM)
    fail(`LIMN_CHROMIUM is ${process.env.LIMN_CHROMIUM}, which does not start; set it to a Chromium or Chrome`);
  const root = asRoot();
  if (!isDebian() || !root)
    fail(`the browser tests need Chromium or Chrome; ${howToInstall()}, or set LIMN_CHROMIUM to its path`);
  console.error("Chromium is missing, installing it through apt");
  apt(root, ["update"]);
  apt(root, ["install", "--yes", "--no-install-recommends", "chromium"]);
  if (!findChromium())
    fail("apt's chromium does not start; install Google Chrome, or set LIMN_CHROMIUM to the path of a Chromium");
}

function isDebian() {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && succeeds("apt-get", ["--version"]);
  } catch {
    return false;
  }
}

/** The command that runs others as root without asking: empty for root itself, undefined where there is none. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return succeeds("sudo", ["-n", "true"]) ? ["sudo", "-n"] : undefined;
}

function howToInstall() {
  if (isDebian()) return "install it as root: apt-get install chromium";
  if (process.platform === "darwin") return "install it: brew install --cask google-chrome";
  return "install it with your system's package manager";
}

function apt(root, args) {
  // sudo takes no environment along, env sets it on the other side
  const environment = Object.entries(APT_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const [command, ...rest] = [...root, "env", ...environment, "apt-get", "--quiet", ...args];
  const { status, error, stdout, stderr } = run(command, rest);
  if (status === 0) return;
  console.error(error?.message ?? `${stdout}${stderr}`);
  fail(`apt-get ${args.join(" ")} failed; install chromium by hand, or set LIMN_CHROMIUM to its path`);
}

function succeeds(command, args) {
  return run(command, args).status === 0;
}

function run(command, args) {
  const env = { ...process.env, ...APT_ENVIRONMENT };
  return spawnSync(command, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
