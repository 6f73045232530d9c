import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EvaluationDocument } from "@limn/evaluate";
import { afterAll, describe, expect, it, vi } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const bin = fileURLToPath(new URL("../../bin/limn.js", import.meta.url));
const built = existsSync(new URL("../../dist/main.js", import.meta.url));
const work = new Workspace();
afterAll(() => work.remove());

const SIX = ["--data", "scenes:count=6,size=32"];
const FAST = ["--curves", "0", "--no-shattering", "--threads", "1"];
const evaluate = (out: string, ...args: string[]) =>
  limn("evaluate", "scenes-resnet", ...SIX, ...FAST, "--workers", "0", "--out", out, ...args);

describe("limn evaluate", () => {
  it("prints a table, and writes a report, a document and rows", async () => {
    const out = work.path("plain");
    const { code, stdout } = await evaluate(out, "--method", "grad-cam,saliency", "--sanity", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^6 scenes .*: 6 pictures; \d+\.\d % classified as labeled\n.* by IoU.*\n {2}IoU asks: /);
    expect(stdout).toMatch(/\n +grad-cam +saliency +random \(baseline\)\n/);
    expect(stdout).toMatch(/Average Drop % \(low\) +\d+\.\d \[\d+\.\d, \d+\.\d\]/);
    expect(stdout).toMatch(/Win % of the line's method/);
    expect(stdout).toContain(
      "Deletion AUC, Insertion AUC, SaCo, Positive perturbation, Negative perturbation: not asked for",
    );
    expect(readdirSync(out).sort()).toEqual([
      "evaluation.json",
      "report.html",
      "results.jsonl",
      "rows.csv",
      "rows.parquet",
    ]);
    const report = readFileSync(join(out, "report.html"), "utf8");
    expect(report).toMatch(/^<!doctype html>/);
    // nothing is loaded from elsewhere
    expect(report).not.toMatch(/(src|href)="(https?:|\/\/)|@import|url\((?!data:)/);
    const sections = ["Side by side", "Other questions, other answers", "All measures", "Win %", "Distributions"];
    for (const text of [...sections, "Confusion", "Worst and best maps", "How it was computed"]) {
      expect(report).toContain(text);
    }
    const { conclusion } = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8")) as EvaluationDocument;
    expect(conclusion.by).toBe("iou");
    expect(report.replaceAll("&#39;", "'"), "the verdict comes first").toContain(`<h1>${conclusion.says}</h1>`);
  });

  it("prints one JSON document, also of stages", async () => {
    const { code, stdout } = await evaluate(
      work.path("json"),
      ...["--method", "grad-cam", "--layer", "stages", "--sanity", "0", "--json"],
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as EvaluationDocument;
    expect(Object.keys(document.methods)).toEqual([...[1, 2, 3, 4].map((n) => `grad-cam/stage${n}`), "random"]);
    expect(document.methods["grad-cam/stage4"]?.averageDrop).toEqual({
      mean: expect.any(Number),
      low: expect.any(Number),
      high: expect.any(Number),
      n: 6,
    });
    expect(document.methods["grad-cam/stage4"]?.deletion).toBeNull();
    expect(document.wins["grad-cam/stage1"]?.["grad-cam/stage2"]).toBeGreaterThanOrEqual(0);
  });

  it("compares composites, and prints the best of them", async () => {
    const composites = ["--composites", "epsilon,epsilon-gamma-box@gamma=0.1", "--groups", "4"];
    const quick = ["--curves", "2", "--sanity", "0", "--no-shattering", "--threads", "1", "--workers", "0"];
    const out = work.path("composites");
    const { code, stdout } = await limn("evaluate", "scenes-resnet", ...SIX, ...quick, ...composites, "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n +SaCo +p +Average Drop % \(low\)/);
    expect(stdout).toMatch(/\nrandom \(baseline\) +-?\d\.\d{3} \[/);
    expect(stdout).toMatch(/\n {2}Over 6 pictures, epsilon\S* reaches \d\.\d{3} \[.*\]/);
    const { conclusion, rankings } = JSON.parse(
      readFileSync(join(out, "evaluation.json"), "utf8"),
    ) as EvaluationDocument;
    expect(conclusion.by).toBe("saco");
    expect(conclusion.because[1]).toContain(`Over 6 pictures, ${rankings.saco?.order[0]?.name} reaches`);
  });

  it.each([
    ["an unknown method", ["--method", "grad-cm"], /did you mean "grad-cam"/],
    [
      "an unknown composite",
      ["--composites", "epsilon-pls"],
      /no composite "epsilon-pls"; did you mean "epsilon-plus"/,
    ],
    [
      "composites and methods",
      ["--composites", "epsilon", "--method", "lrp"],
      /--composites.* cannot be used with.*--method/,
    ],
    ["data that isn't there", ["--data", "nowhere"], /nowhere: there is no such file or folder/],
    ["a share of pixels that is none", ["--method", "grad-cam", "--keep-top", "0"], /keepTop 0: .*above 0/],
    ["two classes", ["--target", "1,2"], /target "1,2": each picture is explained for one class/],
    ["a class and another", ["--target", "1", "--target", "2"], /--target 1 and --target 2: .*one class; give one/],
  ])("says what is wrong with %s", async (_, args, message) => {
    const { code, stderr } = await evaluate(work.path("wrong"), ...args);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it.each(["evaluate", "confusion"])("of nothing fails: %s", async (command) => {
    const list = work.write("nothing.csv", "path,label\nnone.png,cat\n");
    const fast = command === "evaluate" ? [...FAST, "--sanity", "0"] : ["--threads", "1"];
    const args = [command, "scenes-resnet", "--data", list, "--method", "grad-cam", "--workers", "0", ...fast];
    const { code, stdout } = await limn(...args, "--out", work.path(`nothing-${command}`));
    expect(stdout).toContain("none.png: there is no such file");
    expect(code).toBe(1);
  });

  it.skipIf(!built)("comes to the same in worker threads, killed and resumed", async () => {
    const chunks = 10;
    const data = ["--data", `scenes:count=${2 * chunks},size=32`, "--batch", "2", "--sanity", "0"];
    const args = ["evaluate", "scenes-resnet", ...data, ...FAST, "--method", "grad-cam"];
    const start = (out: string) =>
      spawn(process.execPath, [bin, ...args, "--workers", "2", "--out", out, "--json"], { stdio: "ignore" });
    const ended = (child: ReturnType<typeof start>) => new Promise((resolve) => child.once("close", resolve));
    const killed = work.path("killed");
    const child = start(killed);
    const log = join(killed, "results.jsonl");
    const measured = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 2 : 0);
    await vi.waitUntil(() => measured() > 0, { timeout: 30_000, interval: 20 });
    child.kill("SIGKILL");
    await ended(child);
    expect(measured()).toBeLessThan(chunks);
    expect(await ended(start(killed))).toBe(0);
    const whole = work.path("whole");
    await limn(...args, "--workers", "0", "--out", whole, "--json");
    const documentIn = (folder: string) => readFileSync(join(folder, "evaluation.json"), "utf8");
    expect(documentIn(killed)).toBe(documentIn(whole));
  });
});
