#!/usr/bin/env node
import { main } from "../dist/main.js";

// whoever reads may have seen enough, as `head` has
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));
