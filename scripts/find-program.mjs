import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The path of a program that starts, or undefined.
 * @param variable of the environment; where it is set, the path in it is the only candidate
 * @param commands names that the program may have in the folders of PATH
 * @param elsewhere paths outside of it
 */
export function findProgram(variable, commands, elsewhere = []) {
  const { [variable]: chosen, PATH = "" } = process.env;
  const folders = PATH.split(delimiter).filter(Boolean);
  const candidates = chosen
    ? [chosen]
    : [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...elsewhere];
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

// Ubuntu's chromium-browser can be a stub that only says which snap to install; on Windows, Chrome would open a window
const starts = (path) =>
  process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
