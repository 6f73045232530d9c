import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium or Chrome that starts, or undefined. LIMN_CHROMIUM, where it is set, is the only candidate. */
export function findChromium() {
  const { LIMN_CHROMIUM, PATH = "" } = process.env;
  const folders = PATH.split(delimiter).filter(Boolean);
  const candidates = LIMN_CHROMIUM
    ? [LIMN_CHROMIUM]
    : [...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))), ...MAC_APPS];
  return candidates.find((path) => isExecutable(path) && starts(path));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Ubuntu's chromium-browser can be a stub that only says which snap to install
const starts = (path) => spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
