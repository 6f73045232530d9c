import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder, writeFileAtomically } from "./write-file.js";

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

  it("writes parts one after the other, and nothing where one of them fails", async () => {
    const path = join(folder, "parts.txt");
    await writeFileAtomically(
      path,
      (async function* () {
        yield "one, ";
        yield "two";
      })(),
    );
    expect(readFileSync(path, "utf8")).toBe("one, two");
    const failing = (async function* () {
      yield "half";
      throw new LimnError("bad-input", "the source is damaged");
    })();
    const before = readdirSync(folder);
    await expect(writeFileAtomically(path, failing)).rejects.toMatchObject({ message: "the source is damaged" });
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(path, "utf8")).toBe("one, two");
  });

  it("names a folder that is not there", async () => {
    const path = join(folder, "none", "a.txt");
    await expect(writeFileAtomically(path, "x")).rejects.toMatchObject({
      code: "output",
      message: `${path}: it can't be written: there is no folder ${join(folder, "none")}; make it first`,
    });
  });

  it("does not leave half a file where the name is a folder's", async () => {
    const path = join(folder, "b");
    mkdirSync(join(path, "full"), { recursive: true });
    await expect(writeFileAtomically(path, "x")).rejects.toMatchObject({ code: "output" });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("leaves no half file where the process is interrupted", async () => {
    const survive = () => {};
    process.on("SIGHUP", survive);
    const before = readdirSync(folder);
    const writing = writeFileAtomically(join(folder, "large.bin"), new Uint8Array(2 ** 28));
    const outcome = expect(writing).rejects.toMatchObject({ code: "output" });
    while (readdirSync(folder).length === before.length) await new Promise(setImmediate);
    process.emit("SIGHUP", "SIGHUP");
    expect(readdirSync(folder)).toEqual(before);
    await outcome;
    process.off("SIGHUP", survive);
    expect(readdirSync(folder)).toEqual(before);
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });
});

describe("makeFolder", () => {
  it("makes what is missing", async () => {
    await makeFolder(join(folder, "x", "y"));
    await makeFolder(join(folder, "x", "y"));
    expect(readdirSync(join(folder, "x"))).toEqual(["y"]);
  });

  it("names a file that is in the way", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    await expect(makeFolder(path)).rejects.toMatchObject({
      code: "output",
      message: `${path}: it can't be written: there is a file of this name; choose another folder`,
    });
  });

  it("names a file that is part of the path", async () => {
    const path = join(folder, "part");
    writeFileSync(path, "");
    await expect(makeFolder(join(path, "a", "b"))).rejects.toMatchObject({
      message: `${join(path, "a", "b")}: it can't be written: part of its path is a file, not a folder; choose another path`,
    });
  });

  it.skipIf(!existsSync("/proc/self"))("ends where nothing can be made (where there is a /proc)", async () => {
    await expect(makeFolder("/proc/none/folder")).rejects.toMatchObject({ code: "output" });
  });
});
