import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { say } from "./say.js";

/** What help says about --open. */
export const OPEN = "show the result in the program that the system has for it";

/** The program by which each system opens a file as a double click would. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  // cmd's own start would read & and % in names
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

const isAddress = (path: string): boolean => /^https?:/.test(path);

/** Opens a file, or an address, in the program that the system has for it, and does not wait for it. @returns the process's exit, for tests */
export function openFile(
  path: string,
  [program = "xdg-open", ...args] = OPENERS[process.platform] ?? [],
): Promise<void> {
  const child = spawn(program, [...args, isAddress(path) ? path : resolve(path)], { detached: true, stdio: "ignore" });
  child.unref();
  return new Promise((done) => {
    child.once("spawn", done);
    child.once("error", () => {
      say(`${path}: it can't be opened, since there is no ${program} on this system; open it by hand`);
      done();
    });
  });
}
