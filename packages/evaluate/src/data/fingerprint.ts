import { createHash } from "node:crypto";
import type { DataItem } from "./data-set.js";

/**
 * A SHA-256 of the ids and labels of a data set, in order, and of its annotations.
 * @param annotations a digest of what describes the objects
 */
export function fingerprintOf(items: readonly DataItem[], annotations: string): string {
  const hash = createHash("sha256").update(annotations);
  for (const { id, label } of items) hash.update(`\n${JSON.stringify([id, label ?? null])}`);
  return hash.digest("hex");
}
