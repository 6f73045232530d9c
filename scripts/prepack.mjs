// Builds the package in the current folder from nothing, so that what is packed has no output of sources that are gone.
// npm runs it before it packs or publishes a package.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";

for (const output of ["dist", "tsconfig.tsbuildinfo"]) rmSync(output, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "--build"], { stdio: "inherit" });
