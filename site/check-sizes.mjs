import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Some static hosts refuse larger files. */
const MOST_MIB = 25;

/** A line for each file of a folder that is too large for some hosts. */
export function tooLarge(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((path) => {
    const mib = statSync(join(folder, path)).size / 2 ** 20;
    return mib > MOST_MIB ? [`${path} has ${mib.toFixed(1)} MiB; some hosts refuse files above ${MOST_MIB}`] : [];
  });
}
