import { readFileSync } from "node:fs";
import { LimnError } from "@limn/core";
import { isMissing } from "@limn/node/internal";

/** BullMQ and its Redis client. They are optional, since only evaluations on several machines need them. */
const PACKAGES: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).peerDependencies;

/**
 * Loads a module that needs BullMQ and its Redis client. It is loaded only if there is a queue, since that takes a while.
 * @throws LimnError `not-installed` with the command that installs them
 */
export async function withQueuePackages<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, Object.keys(PACKAGES))) throw error;
    const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
    throw new LimnError(
      "not-installed",
      `a queue needs ${Object.keys(PACKAGES).join(" and ")}, which do not come with Limn; run npm install ${wanted.join(" ")} (with --global if Limn is installed globally)`,
      { cause: error },
    );
  }
}
