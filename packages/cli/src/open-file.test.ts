import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { openFile } from "./open-file.js";

const folder = mkdtempSync(join(tmpdir(), "limn-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("gives the system's program the whole path, whatever is in it", async () => {
  const script = join(folder, "opener.mjs");
  writeFileSync(script, 'import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2] + ".opened", "");');
  const sheet = join(folder, "a & b %PATH%.png");
  await openFile(sheet, [process.execPath, script]);
  await vi.waitFor(() => expect(existsSync(`${sheet}.opened`)).toBe(true), 10_000);
});

it("says so where there is no such program", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await openFile("cat.sheet.png", ["limn-has-no-such-program"]);
  expect(write.mock.calls.map(([text]) => text)).toEqual([
    "limn: cat.sheet.png: it can't be opened, since there is no limn-has-no-such-program on this system; open it by hand\n",
  ]);
  vi.restoreAllMocks();
});
