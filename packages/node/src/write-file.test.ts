import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeFileAtomically } from "./write-file.js";

const folder = mkdtempSync(join(tmpdir(), "limn-write-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("writeFileAtomically", () => {
  it("replaces a file and leaves nothing else behind", async () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    await writeFileAtomically(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("names a folder that is not there", async () => {
    const path = join(folder, "none", "a.txt");
    await expect(writeFileAtomically(path, "x")).rejects.toMatchObject({
      code: "output",
      message: `${path}: can't be written, there is no folder ${join(folder, "none")}; make it first`,
    });
  });

  it("does not leave half a file where the name is a folder's", async () => {
    const path = join(folder, "b");
    mkdirSync(join(path, "full"), { recursive: true });
    await expect(writeFileAtomically(path, "x")).rejects.toMatchObject({ code: "output" });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});
