import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keptToken } from "./kept-token.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "limn-token-"));
  vi.stubEnv("LIMN_CACHE", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const path = (port: number) => join(root, "studio", `${port}.token`);

it("is the same at a port, and another one at another", () => {
  const token = keptToken(8123);
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(keptToken(8123)).toBe(token);
  expect(keptToken(8124)).not.toBe(token);
});

it.skipIf(process.platform === "win32")("is nobody else's to read, and new if it was", () => {
  const token = keptToken(8123);
  expect(statSync(path(8123)).mode & 0o777).toBe(0o600);
  chmodSync(path(8123), 0o644);
  expect(keptToken(8123)).not.toBe(token);
  expect(statSync(path(8123)).mode & 0o777).toBe(0o600);
});

it("is new where the file holds something else, or can't be kept", () => {
  const token = keptToken(8123);
  writeFileSync(path(8123), "short");
  expect(keptToken(8123)).not.toBe(token);
  writeFileSync(join(root, "file"), "");
  vi.stubEnv("LIMN_CACHE", join(root, "file"));
  expect(keptToken(8123)).toMatch(/^[\w-]{32}$/);
});
