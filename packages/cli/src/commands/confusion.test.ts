import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfusionDocument } from "@limn/evaluate";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

const DATA = ["--data", "scenes:count=24,size=32"];
const confusion = (out: string, ...args: string[]) =>
  limn("confusion", "scenes-resnet", ...DATA, "--threads", "1", "--workers", "0", "--out", out, ...args);

describe("limn confusion", () => {
  it("prints the matrix, and writes a report and a document", async () => {
    const out = work.path("plain");
    const { code, stdout, stderr } = await confusion(out);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^24 scenes .*: 24 pictures; \d+\.\d % classified as labeled\n\d+ of 24 pictures are mistaken, /,
    );
    expect(stdout).toMatch(/recall +precision\n/);
    expect(readdirSync(out).sort()).toEqual(["confusion.html", "confusion.json", "results.jsonl"]);
    const report = readFileSync(join(out, "confusion.html"), "utf8");
    expect(report).toMatch(/^<!doctype html>/);
    expect(report).not.toMatch(/(src|href)="(https?:|\/\/)|@import|url\((?!data:)/);
    for (const text of ["True positives", "True negatives", "taken for", "data:image/webp"])
      expect(report).toContain(text);
  });

  it("prints one JSON document whose figures agree with each other, and shows the classes that are named", async () => {
    const out = work.path("json");
    const { code, stdout } = await confusion(out, "--json", "--class", "cat", "--method", "saliency", "--shown", "1");
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as ConfusionDocument;
    const { accuracy, mistakes, matrix, classes } = document;
    expect(matrix.reduce((sum, { count }) => sum + count, 0)).toBe(24);
    expect(mistakes).toHaveLength(24 - accuracy.correct);
    expect(classes.reduce((sum, { truePositives }) => sum + truePositives, 0)).toBe(accuracy.correct);
    expect(mistakes.map(({ confidence }) => confidence)).toEqual(
      mistakes.map(({ confidence }) => confidence).sort((a, b) => b - a),
    );
    const report = readFileSync(join(out, "confusion.html"), "utf8");
    expect(report.match(/id="class-/g)).toHaveLength(1);
    // what was classified need not be classified again for other maps
    const log = readFileSync(join(out, "results.jsonl"), "utf8");
    await confusion(out, "--json", "--class", "dog");
    expect(readFileSync(join(out, "results.jsonl"), "utf8")).toBe(log);
  });

  it("refuses what it can't show in a clear line", async () => {
    const unknown = await confusion(work.path("unknown"), "--class", "kat");
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toMatch(/class "kat": no class has this label; did you mean "cat"/);
    const manifest = work.path("unlabeled.csv");
    writeFileSync(manifest, "path\nmissing.png\n");
    const unlabeled = await limn("confusion", "scenes-resnet", "--data", manifest, "--out", work.path("unlabeled"));
    expect(unlabeled.code).toBe(1);
    expect(unlabeled.stderr).toMatch(/unlabeled\.csv.*none of its pictures has a label/);
  });

  it("has no figures where no picture can be read", async () => {
    const data = work.path("empty-file");
    mkdirSync(join(data, "cat"), { recursive: true });
    writeFileSync(join(data, "cat", "a.png"), "");
    const { code, stdout } = await confusion(work.path("unread"), "--data", data);
    expect(code).toBe(1);
    expect(stdout).toMatch(/: 0 pictures, 1 could not be used\ncat\/a\.png: .*the file is empty/);
  });
});
