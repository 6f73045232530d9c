import { rmSync } from "node:fs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Files that are of no use once their process is gone: if it is interrupted, they are deleted. */
const unfinishedFiles = new Set<string>();

/** From this call until `endUnfinished`, a signal that ends the process also deletes the file. */
export function beginUnfinished(path: string): void {
  if (unfinishedFiles.size === 0) for (const signal of SIGNALS) process.on(signal, abandon);
  unfinishedFiles.add(path);
}

export function endUnfinished(path: string): void {
  unfinishedFiles.delete(path);
  if (unfinishedFiles.size === 0) for (const signal of SIGNALS) process.off(signal, abandon);
}

function abandon(signal: NodeJS.Signals): void {
  for (const path of unfinishedFiles) {
    rmSync(path, { force: true });
    endUnfinished(path);
  }
  // without other listeners, the signal has its usual effect
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
