#!/usr/bin/env node
import module from "node:module";

// Node 22 and newer keep what they have compiled for the next time
module.enableCompileCache?.();
const { main } = await import("../dist/main.js");

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
