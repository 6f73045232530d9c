#!/usr/bin/env node
import module from "node:module";

// Node 22 and newer keep what they have compiled for the next time
module.enableCompileCache?.();
const { main } = await import("../dist/main.js");

// whoever reads may have seen enough, as `head` has
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));
