import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

const annotationsIn = (folder: string) => JSON.parse(readFileSync(join(folder, "annotations.json"), "utf8"));
const linesOf = (log: string): number => (existsSync(log) ? readFileSync(log, "latin1").split("\n").length - 2 : 0);

/** A folder's files by their names. */
const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path, "latin1")]),
  );

describe("limn scenes", () => {
  it("draws what the options ask for", async () => {
    const out = work.path("cats");
    const { code, stdout, stderr } = await limn(
      ...["scenes", "--count", "3", "--seed", "7", "--size", "40", "--out", out, "--classes", "cat,dog"],
      ...["--instances", "2", "--others", "1-1", "--scale", "0.2-0.4", "--clutter", "0", "--families", "noto"],
    );
    expect([code, stdout, stderr]).toEqual([0, `${out}: 3 scenes; images/, annotations.json\n`, ""]);
    const { info, images, annotations } = annotationsIn(out);
    expect(info.settings).toEqual({
      seed: 7,
      size: 40,
      classes: ["cat", "dog"],
      families: ["noto"],
      instances: [2, 2],
      others: [1, 1],
      scale: [0.2, 0.4],
      clutter: [0, 0],
    });
    expect(images).toHaveLength(3);
    expect(annotations).toHaveLength(9);
  });

  it("prints JSON, extends a folder and says where nothing is left to do", async () => {
    const out = work.path("more");
    const options = ["--size", "32", "--classes", "bus,car", "--out", out];
    const first = await limn("scenes", "--count", "1", ...options, "--json");
    expect(JSON.parse(first.stdout)).toMatchObject({ folder: out, scenes: 1, drawn: 1, settings: { size: 32 } });
    const second = await limn("scenes", "--count", "2", ...options, "--resume");
    expect(second.stdout).toBe(`${out}: 2 scenes, 1 of them drawn now; images/, annotations.json\n`);
    const third = await limn("scenes", "--count", "2", ...options, "--resume");
    expect(third.stdout).toBe(`${out}: 2 scenes are there already; nothing is left to do\n`);
    expect([second.code, third.code]).toEqual([0, 0]);
  });

  it.each([
    ["--count 0", "scenes: count 0: give a whole number from 1"],
    ["--count 1 --size 8", "scenes: size 8: give 32 to 1024"],
    ["--count 1 --classes cat,doog", 'scenes: there is no class "doog"; did you mean "dog"?'],
    ["--count 1 --families twemojy", 'scenes: there is no family "twemojy"; did you mean "twemoji" or "fxemoji"?'],
    ["--count 1 --instances 0-9", "scenes: instances 0: give 1 to 5"],
    ["--count 1 --scale 0.8-0.2", "scenes: scale [0.8,0.2]: the first number must not be larger than the second"],
    ["--count many", "option '--count <n>' argument 'many' is invalid: give a number; see limn scenes --help"],
    [
      "--count 1 --others few",
      "option '--others <a-b>' argument 'few' is invalid: give the least and the most, such as 1-3, or one number; see limn scenes --help",
    ],
    ["", "required option '--count <n>' not specified; see limn scenes --help"],
  ])("refuses %s", async (options, message) => {
    const out = work.path("none");
    const { code, stdout, stderr } = await limn("scenes", "--out", out, ...options.split(" ").filter(Boolean));
    expect([code, stdout, stderr]).toEqual([2, "", `limn: ${message}\n`]);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses a folder with something in it, and scenes of other options", async () => {
    const out = work.folder("full");
    writeFileSync(join(out, "mine.txt"), "");
    const { code, stderr } = await limn("scenes", "--count", "1", "--out", out);
    expect([code, stderr]).toEqual([
      2,
      `limn: ${out}: the folder is not empty; give --resume to go on with it, or another folder\n`,
    ]);
    const scenes = work.path("seeds");
    await limn("scenes", "--count", "1", "--size", "32", "--out", scenes);
    const other = await limn("scenes", "--count", "2", "--size", "32", "--seed", "1", "--out", scenes, "--resume");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      "the scenes in it have other settings: seed 0, not 1; give the same settings, or another folder",
    );
  });
});

const bin = fileURLToPath(new URL("../../bin/limn.js", import.meta.url));
const built = existsSync(new URL("../../dist/commands/scenes.js", import.meta.url));

describe.skipIf(!built)(`limn scenes, interrupted${built ? "" : " (not built)"}`, () => {
  const signals = [
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const;
  // on Windows, no program can send another what Ctrl-C sends
  it.each(signals.slice(process.platform === "win32" ? 1 : 0))(
    "by %s goes on as if nothing had been",
    async (signal, status) => {
      const out = work.path(signal);
      const options = ["--size", "32", "--seed", "3", "--out"];
      const log = join(out, "scenes.jsonl");
      const child = spawn(process.execPath, [bin, "scenes", "--count", "100000", ...options, out], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      const closed = new Promise((resolve) => child.on("close", resolve));
      while (linesOf(log) < 5) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill(signal);
      expect(await closed).toBe(status);
      const finished = linesOf(log);
      if (signal === "SIGINT") {
        expect(stderr).toBe(
          `limn: finishing what was begun; again to stop now\nlimn: ${out}: interrupted after ${finished} of 100000 scenes; --resume goes on from there\n`,
        );
        expect(annotationsIn(out).images).toHaveLength(finished);
      }
      const count = `${finished + 5}`;
      expect((await limn("scenes", "--count", count, ...options, out, "--resume")).code).toBe(0);
      const uninterrupted = work.path(`${signal}-not`);
      await limn("scenes", "--count", count, ...options, uninterrupted);
      expect(contentOf(out)).toEqual(contentOf(uninterrupted));
    },
  );
});
