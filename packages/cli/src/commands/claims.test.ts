import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClaimsDocument } from "@limn/evaluate";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

const claims = (...args: string[]) => limn("claims", ...args, "--threads", "1");

describe("limn claims", () => {
  it("prints verdicts with their figures, and writes Markdown", async () => {
    const out = work.path("claims.md");
    const { code, stdout } = await claims("scenes-resnet", "--claim", "2,5", "--count", "8", "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^[0-2] of 2 claims holds? on scenes-resnet, .*\n\n2\. CAM equals Grad-CAM.*\n {2}scenes-resnet: holds\n {4}figure +mean and interval +claimed\n/,
    );
    expect(stdout).toMatch(/ {4}other-class leak, Grad-CAM\+\+ less Grad-CAM +-?\d\.\d{3} \[.*\] +above 0: /);
    expect(stdout).toContain(`  -> ${out}\n`);
    const page = readFileSync(out, "utf8");
    expect(page).toMatch(/^# Claims about explanations\n/);
    expect(page).toMatch(/\n\| 2\. CAM equals Grad-CAM[^|]*\| holds \|\n\| 5\. [^|]*\| [^|]+ \|\n/);
    expect(page).toContain("On `scenes:count=8,seed=0,instances=1,others=1-2`.");
  }, 60_000);

  it("writes a report with the verdict before everything else, into a folder", async () => {
    const out = work.path("report");
    const { code } = await claims("scenes-resnet", "--claim", "2", "--count", "8", "--out", out);
    expect(code).toBe(0);
    const page = readFileSync(join(out, "claims.html"), "utf8");
    expect(page).toContain("<h1>1 of 1 claim holds on scenes-resnet, 0 do not</h1>");
    expect(page).not.toMatch(/(src|href)="(https?:|\/\/)|@import|url\((?!data:)/);
  }, 60_000);

  it("prints one JSON document, of data too", async () => {
    const data = "scenes:count=12,instances=1,others=0";
    const { code, stdout } = await claims("scenes-vgg", "--claim", "2,3", "--data", data, "--json");
    expect(code).toBe(0);
    const { models, claims: tested, settings } = JSON.parse(stdout) as ClaimsDocument;
    expect(tested.map(({ number }) => number)).toEqual([2, 3]);
    expect(settings).toEqual({ target: "label" });
    expect(models[0]).toMatchObject({ name: "scenes-vgg", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const [cam, sizes] = models[0]?.results ?? [];
    expect(cam).toMatchObject({ verdict: "can't say", figures: [] });
    expect(sizes?.data).toBe("12 scenes (seed 0, 128 pixels)");
    expect(sizes?.figures[0]?.estimate).toEqual({
      mean: expect.any(Number),
      low: expect.any(Number),
      high: expect.any(Number),
      n: expect.any(Number),
    });
  }, 60_000);

  it("fails where nothing could be measured", async () => {
    const data = work.write("nothing.csv", "path,label\nnone.png,cat\n");
    const { code, stderr } = await claims("scenes-resnet", "--data", data, "--claim", "6");
    expect([code, stderr]).toEqual([1, expect.stringContaining("limn: nothing could be measured on this data\n")]);
  });

  it.each([
    ["a model without data", [work.model], /model\.onnx: without data, .* with --data/],
    ["data without a model", ["--data", "scenes:8"], /scenes:8: no model is named/],
    ["an unknown claim", ["--claim", "3,11"], /claim 11: no claim has this number; give 1 to 10/],
    ["a claim that is no number", ["--claim", "cam"], /--claim .*give numbers of claims with commas between them/],
    [
      "a sample of nothing",
      ["--sample", "20"],
      /--sample 20: this option is about the data, but without --data, scenes are drawn; give --data/,
    ],
    ["a count of data", ["scenes-vgg", "--data", "scenes:8", "--count", "9"], /'--count <n>' cannot be used with/],
    ["two classes", ["--target", "1", "--target", "2"], /--target 1 and --target 2: .*one class; give one/],
  ])("says what is wrong with %s", async (_, args, message) => {
    const { code, stderr } = await claims(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
