import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { limnCache } from "@limn/node/internal";

/** A token that nobody guesses. */
export const newToken = (): string => randomBytes(24).toString("base64url");

const TOKEN = /^[\w-]{32}$/;

/**
 * The token of the studio at a port, the same whenever it is started there, so that pages that are still open find it again. It is in
 * a file of Limn's cache that nobody else can read.
 * @returns a new one each time if it can't be kept
 */
export function keptToken(port: number): string {
  const folder = join(limnCache(), "studio");
  const path = join(folder, `${port}.token`);
  const kept = ownToken(path);
  if (kept !== undefined) return kept;
  const token = newToken();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    writeFileSync(path, token, { mode: 0o600, flag: "wx" });
  } catch {
    // it is of use for this run all the same
  }
  return token;
}

/** A token that others may have read or written does not count. Windows has no such bits; there, the folder is the user's own. */
function ownToken(path: string): string | undefined {
  try {
    const { mode, uid } = statSync(path);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    const token = readFileSync(path, "utf8");
    return isOwn && TOKEN.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
