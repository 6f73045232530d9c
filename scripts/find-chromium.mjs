import { findProgram } from "./find-program.mjs";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

// Edge is Chromium too, and comes with Windows
const WINDOWS_APPS = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"]].flatMap((folder) =>
  folder
    ? [`${folder}\\Google\\Chrome\\Application\\chrome.exe`, `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`]
    : [],
);

/** The path of a Chromium or Chrome that starts, or undefined. LIMN_CHROMIUM, where it is set, is the only candidate. */
export const findChromium = () => findProgram("LIMN_CHROMIUM", COMMANDS, [...MAC_APPS, ...WINDOWS_APPS]);
