import { existsSync, readdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace, withReciprocal } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");
const STAGES = ["stem", "stage1", "stage2", "stage3"];
const sweep = (...args: string[]) =>
  limn("sweep", work.model, cat, "--preprocess", "imagenet", "--labels", work.labels, "--threads", "1", ...args);

describe("limn sweep", () => {
  it("makes a table and a sheet of methods and stages", async () => {
    const out = work.path("plain");
    const { code, stdout, stderr } = await sweep("--method", "grad-cam,lrp", "--target", "dog", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    const [heading, head, ...rows] = stdout.split("\n");
    expect(heading).toMatch(/cat\.png: why dog \(\d+\.\d %\)$/);
    expect(head).toMatch(/^ +stem \(\d+ %\) +stage1 \(\d+ %\) +stage2 \(\d+ %\) +stage3 \(\d+ %\)$/);
    expect(rows[0]).toMatch(/^grad-cam( +(\d+x\d+|blank)){4}$/);
    expect(rows[1]).toMatch(/^lrp( +(\d+x\d+|blank)){4}$/);
    expect(readdirSync(out)).toEqual(["cat.sweep.html", "cat.sweep.png"]);
    expect((await sharp(`${out}/cat.sweep.png`).metadata()).format).toBe("png");
  });

  it("prints figures for boxes, and one JSON document", async () => {
    const object = ["--boxes", "16,4,20,16;40,20,8,8"];
    const plain = await sweep("--method", "grad-cam", ...object, "--out", work.path("boxes"));
    expect(plain.stdout).toMatch(/grad-cam( +(\d\.\d\d \/ \d\.\d\d( \*)?|blank)){4}\n/);
    expect(plain.stdout).toContain("Loc / IoU, and * where the map's maximum lies on the object");
    const { code, stdout, stderr } = await sweep(
      ...[
        "--method",
        "grad-cam,relevance-cam",
        "--target",
        "cat,kiwi",
        "--json",
        "--out",
        work.path("json"),
        ...object,
      ],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      image: cat,
      object: { boxes: [{ x: 16, y: 4, width: 20, height: 16 }, { x: 40 }] },
      stages: [{ name: "stem", depth: expect.any(Number) }, { name: "stage1" }, { name: "stage2" }, { name: "stage3" }],
      results: [{ target: { index: 0, label: "cat" } }, { target: { index: 4, label: "kiwi" } }],
    });
    expect(existsSync(document.sheet)).toBe(true);
    const report = readFileSync(document.report, "utf8");
    expect(report).toMatch(/<h1>.* at .* covers the object of cat\.png best: IoU \d\.\d\d<\/h1>/);
    expect(report).not.toMatch(/(src|href)="(https?:|\/\/)|@import|url\((?!data:)/);
    for (const { maps } of document.results) {
      expect(maps.map(({ method, stage }: { method: string; stage: string }) => `${method} ${stage}`)).toEqual(
        ["grad-cam", "relevance-cam"].flatMap((method) => STAGES.map((stage) => `${method} ${stage}`)),
      );
      for (const { localization, diagnosis } of maps) {
        if (diagnosis) expect(localization).toBeNull();
        else
          expect(localization).toEqual({
            loc: expect.any(Number),
            iou: expect.any(Number),
            pointing: expect.any(Boolean),
          });
      }
    }
  });

  it("says where a method of many runs stops being finite", async () => {
    const model = work.write("reciprocal.onnx", withReciprocal());
    const { code, stdout } = await limn(
      ...["sweep", model, work.tensor("input.npy"), "--method", "score-cam", "--json", "--out", work.path("broken")],
    );
    expect(code).toBe(0);
    const { maps } = JSON.parse(stdout).results[0];
    expect(maps[0].diagnosis).toMatchObject({ symptom: "not-a-number", tensor: "reciprocal_out" });
    expect(maps[0].diagnosis.message).toContain("reciprocal (Reciprocal) gives values that are not finite");
  });

  it("takes every method that is made at a layer", async () => {
    const { code, stdout } = await sweep("--method", "all", "--out", work.path("all"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^grad-cam /m);
    expect(stdout).toMatch(/^relevance-cam /m);
    expect(stdout).not.toMatch(/^saliency/m);
  });

  it.each([
    [
      ["--method", "saliency"],
      2,
      /limn: saliency is not made at a layer that can be chosen, so it can't be made at stages; .*grad-cam/,
    ],
    [["--boxes", "1,2,3"], 2, /"1,2,3" is not a box: give x,y,width,height in pixels/],
    [["--boxes", "1,2,0,4"], 2, /"1,2,0,4" is not a box/],
    [["--boxes", ""], 2, /"" is not a box/],
    [["--boxes", "900,900,3,3"], 1, /boxes 900,900,3,3: none of them lies in the part of .* that the model sees/],
    [["--mask", "none.png"], 1, /none\.png: there is no such file/],
    [["--mask", "a.png", "--boxes", "1,1,1,1"], 2, /cannot be used with/],
    [["--target", "cat,dgo"], 2, /target "dgo": no class has this label; did you mean "dog"/],
  ])("refuses %j", async (args, exitCode, message) => {
    const { code, stderr } = await sweep("--method", "grad-cam", "--out", work.path("refused"), ...args);
    expect([code, stderr]).toEqual([exitCode, expect.stringMatching(message)]);
  });
});
