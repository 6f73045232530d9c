import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { withLock } from "./lock.js";

const folder = mkdtempSync(join(tmpdir(), "limn-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("lets one action run at a time", async () => {
  const path = join(folder, "one");
  const events: string[] = [];
  const action = (name: string) =>
    withLock(path, undefined, async () => {
      events.push(`${name} begins`);
      await sleep(30);
      events.push(`${name} ends`);
    });
  await Promise.all([action("a"), action("b")]);
  expect(events.map((event) => event.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends"]);
  expect(existsSync(path)).toBe(false);
});

it("takes over from a process that is gone", async () => {
  const path = join(folder, "gone");
  // a process of this number can't be: it is past the largest
  writeFileSync(path, `${2 ** 30} ${hostname()}`);
  expect(await withLock(path, undefined, async () => "done")).toBe("done");
  writeFileSync(path, "1 elsewhere");
  utimesSync(path, 0, 0);
  expect(await withLock(path, undefined, async () => "done")).toBe("done");
});

it("stops waiting when it is told to", async () => {
  const path = join(folder, "held");
  writeFileSync(path, `${process.pid} ${hostname()}`);
  await expect(withLock(path, AbortSignal.timeout(50), async () => "done")).rejects.toThrow();
});
