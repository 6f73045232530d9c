import { existsSync } from "node:fs";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

describe("limn imagine", () => {
  it("writes a picture, and the climb as an animation", async () => {
    const out = work.path("class.png");
    const options = ["--target", "1", "--steps", "12", "--preprocess", "unit", "--animate", "--out", out];
    const { code, stdout } = await limn("imagine", work.model, ...options);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^class 1: reached probability \S+ % \(\S+ % at first\), logit \S+ after 12 steps\n {2}-> .*class\.png, .*class\.webp\n/,
    );
    expect((await sharp(out).metadata()).format).toBe("png");
    const animation = await sharp(work.path("class.webp"), { pages: -1 }).metadata();
    expect(animation.pages).toBeGreaterThan(10);
  });

  it("writes to a folder, and says what could reach more", async () => {
    const options = ["--target", "1", "--steps", "1", "--preprocess", "unit", "--out", work.path("folder")];
    const { stdout } = await limn("imagine", work.model, ...options);
    expect(existsSync(work.path("folder", "imagined.png"))).toBe(true);
    expect(stdout).toMatch(
      /after 1 step\n {2}-> .*imagined\.png\n( {2}the model is not convinced; --steps 2 may reach more\n)?$/,
    );
  });

  it("makes several classes in one run, as JSON too", async () => {
    const out = work.path("several.png");
    const options = ["--target", "1", "--target", "3", "--steps", "2", "--preprocess", "unit", "--json", "--out", out];
    const { code, stdout } = await limn("imagine", work.model, ...options);
    expect(code).toBe(0);
    const { results, settings } = JSON.parse(stdout);
    expect(settings).toMatchObject({ steps: 2, seed: 0 });
    expect(results.map(({ target }: { target: number }) => target)).toEqual([1, 3]);
    for (const { files } of results) for (const file of files) expect(existsSync(file), file).toBe(true);
  });

  it.each([
    [["--target", "predicted"], 2, /--target predicted: .*name a class/],
    [["--target", "Label"], 2, /--target Label: there is no picture .*; name a class, or give its index\n$/],
    [["--target", "99"], 2, /99/],
    [["--target", "1", "--steps", "0"], 2, /steps = 0/],
    [["--target", "1", "--steps", "many"], 2, /give a number/],
    [["--target", "1", "--out", "cat.gif"], 2, /cat\.gif: pictures are written as \.png/],
    [[], 2, /--target/],
  ])("refuses %j", async (options, exit, message) => {
    const { code, stderr } = await limn("imagine", work.model, "--preprocess", "unit", ...options);
    expect([code, stderr]).toEqual([exit, expect.stringMatching(message)]);
  });
});
