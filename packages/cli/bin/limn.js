#!/usr/bin/env node
import { statSync } from "node:fs";
import module from "node:module";

// Node 22 and newer keep what they have compiled for the next time
module.enableCompileCache?.();
const { main } = await import(isBundleNew() ? "../dist/bundle/main.js" : "../dist/main.js");

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code }) => {
    // whoever reads may have seen enough, as `head` has
    if (code === "EPIPE") return;
    const reason = code === "ENOSPC" ? "the disk is full" : `the system says ${code}`;
    if (stream === process.stdout) process.stderr.write(`limn: what it prints can't be written: ${reason}\n`);
    process.exitCode = 1;
  });
}

const code = await main(process.argv.slice(2));
process.exitCode ||= code;

/**
 * Whether the bundle, which starts in a fraction of the time, is newer than all that it is made of: what is published is, and a
 * checkout until tsc is run again.
 */
function isBundleNew() {
  const made = timeOf("../dist/bundle/main.js");
  const parts = ["cli", "core", "evaluate", "node", "scenes", "studio"];
  return made > 0 && parts.every((name) => timeOf(`../../${name}/tsconfig.tsbuildinfo`) <= made);
}

/** When a file was written; 0 if it is not there. */
function timeOf(path) {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
