import { readdirSync } from "node:fs";
import { methods } from "@limn/core";
import { EMBEDDED_MODELS } from "@limn/models";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { limn, outcomeOf, Workspace } from "../testing/command-line.js";
import { demoCommand, SETTINGS } from "./demo.js";

const work = new Workspace();
afterAll(() => work.remove());

/** Thousands of runs show no more of the command than a few dozen do, and take most of its time. */
const QUICK = [...SETTINGS, "rise.masks=40", "smooth-grad.samples=8", "occlusion.stride=16"];

const demo = (...args: string[]) =>
  outcomeOf(async () => {
    let code = 0;
    const command = demoCommand((exitCode) => {
      code = exitCode;
    }, QUICK);
    await command.parseAsync(args, { from: "user" });
    return code;
  });

describe("limn demo", () => {
  it("is a command", async () => {
    expect(await limn("demo", "--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("a drawn scene") });
  });

  it("explains the cat and the dog by the methods that take one run, and by one with --fast", async () => {
    const out = work.path("one");
    const { code, stdout, stderr } = await demo("--fast", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/why cat: grad-cam in .*\n {2}why dog: grad-cam in /);
    expect(stdout).toContain("cat-and-dog.sheet.png");
    expect(readdirSync(out)).toHaveLength(2 + 3);
    const usual = await demo("--out", out);
    expect(usual.stdout).toMatch(/why cat: .*grad-cam/);
    expect(usual.stdout).not.toMatch(/rise|occlusion|score-cam/);
  });

  it("knows the models that come with Limn, and no others", async () => {
    const { code, stderr } = await limn("demo", "--model", "resnet50");
    expect(code).not.toBe(0);
    for (const name of Object.keys(EMBEDDED_MODELS)) expect(stderr).toContain(name);
  });

  it("explains the cat and the dog of a scene by every method with --all", async () => {
    const out = work.path("new", "folder");
    const { code, stdout, stderr } = await demo("--all", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/cat-and-dog\.png: (cat|dog) \(\d+\.\d %\), then (cat|dog) /);
    expect(stdout).toMatch(/why cat: saliency, .*\n {2}why dog: saliency, /);
    const files = readdirSync(out);
    expect(files).toContain("cat-and-dog.png");
    expect(files).toContain("cat-and-dog.sheet.png");
    // the picture, the sheet, and for each method the maps of both classes and their difference
    const fitting = Object.values(methods).filter(({ name }) => files.some((file) => file.includes(`.${name}.`)));
    expect(fitting.length).toBeGreaterThan(15);
    expect(files).toHaveLength(2 + 3 * (fitting.length + 1));
    expect((await sharp(`${out}/cat-and-dog.sheet.png`).metadata()).width).toBeGreaterThan(1000);
  });
});
