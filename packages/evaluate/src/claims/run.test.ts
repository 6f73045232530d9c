import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LimnError } from "@limn/core";
import { onnxRuntime } from "@limn/node";
import { SceneGenerator, scenePng } from "@limn/scenes";
import { afterAll, expect, it } from "vitest";
import { claimsPage } from "./markdown.js";
import { type ClaimsOptions, testClaims } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "limn-claims-"));
afterAll(() => rmSync(folder, { recursive: true }));

const test = (options: Partial<ClaimsOptions>) =>
  testClaims({ count: 9, seed: 3, target: "label", ...options }, onnxRuntime({ threads: 1 }));

it("tests claims about maps on the scenes of each", async () => {
  const seen: string[] = [];
  const document = await test({
    models: ["scenes-resnet"],
    claims: [10, 4, 2],
    onProgress: ({ model, claims, done, total }) => seen.push(`${model} ${claims} ${done}/${total}`),
  });
  expect(document).toMatchObject({ interrupted: false, settings: { count: 9, seed: 3, target: "label" } });
  expect(document.claims.map(({ number }) => number)).toEqual([2, 4, 10]);
  const [model] = document.models;
  expect(model?.results.map(({ claim, data }) => [claim, data])).toEqual([
    [2, "scenes:count=9,seed=3"],
    [4, "scenes:count=9,seed=3,instances=2-5,others=0"],
    [10, "scenes:count=9,seed=3,instances=1,others=1-2"],
  ]);
  expect(model?.results[0]).toMatchObject({ verdict: "holds", figures: [{ estimate: { n: 9 }, verdict: "holds" }] });
  expect(model?.results[2]?.figures[0]?.estimate.n).toBe(9);
  expect(seen.at(0)).toBe("scenes-resnet 2 0/9");
  expect(seen.at(-1)).toBe("scenes-resnet 10 9/9");

  const page = claimsPage("Words.", [{ title: "Scenes", document }]);
  expect(page).toMatch(/^# Claims about explanations\n\nWords\.\n\n/);
  expect(page).toContain("| claim | scenes-resnet |\n| --- | --- |\n| 2. CAM equals Grad-CAM");
  expect(page).toMatch(
    /\| scenes-resnet \| largest difference, [^|]+\| \d+e-\d+ \[[^|]+\| 9 \| {2}\| below 0.001 \| holds \|/,
  );
  const again = await test({ models: ["scenes-resnet"], claims: [2] });
  expect(again.models[0]?.results).toEqual(model?.results.slice(0, 1));
}, 60_000);

it("tests claims about runs", async () => {
  const { models } = await test({ models: ["scenes-resnet"], claims: [8, 9], count: 2 });
  const [conservation, cost] = models[0]?.results ?? [];
  const [deviation, spread = 0, bias, stabilizer, open, shared = 0] =
    conservation?.figures.map(({ estimate }) => estimate.mean) ?? [];
  expect(deviation).toBeLessThan(0.001);
  expect(spread).toBeGreaterThan(0.1);
  expect(shared).toBeGreaterThan(0.1);
  expect(Math.abs(bias ?? 1)).toBeLessThan(0.001);
  expect(Math.abs(stabilizer ?? 1)).toBeLessThan(0.05);
  expect(open).toBeLessThan(1e-5);
  expect(conservation?.figures[0]?.estimate.n).toBe(2);
  expect(conservation?.reason).toMatch(/^too few pictures for the distance .*: 2, but 8 are needed$/);
  expect(cost?.figures[0]?.estimate.mean).toBeGreaterThan(0);
}, 60_000);

it("says why nothing can be said", async () => {
  const names: string[] = [];
  const scenes = new SceneGenerator({ seed: 5 });
  for (let i = 0; i < 9; i++) {
    names.push(`${i}.png,${scenes.labelOf(i)}`);
    writeFileSync(join(folder, `${i}.png`), await scenePng(await scenes.scene(i)));
  }
  const list = join(folder, "list.csv");
  writeFileSync(list, ["path,label", ...names, "gone.png,cat"].join("\n"));
  const { models } = await test({ models: ["scenes-vgg"], data: { data: list }, claims: [2, 4, 6] });
  const [cam, instances, drops] = models[0]?.results ?? [];
  expect(cam).toMatchObject({ verdict: "can't say", figures: [], reason: expect.stringMatching(/^cam: /) });
  expect(instances).toMatchObject({ verdict: "can't say", reason: "the data has no boxes or masks of objects" });
  // the picture that is not there is left out
  expect(drops?.figures.map(({ estimate }) => estimate.n)).toEqual([9, 9, 9]);
}, 60_000);

it("leaves out what is not done when the signal comes", async () => {
  const stop = new AbortController();
  const document = await test({
    models: ["scenes-resnet", "scenes-vgg"],
    claims: [2, 4],
    signal: stop.signal,
    onProgress: ({ claims }) => {
      if (claims.includes(4)) stop.abort();
    },
  });
  expect(document.interrupted).toBe(true);
  expect(document.models.map(({ name, results }) => [name, results.map(({ claim }) => claim)])).toEqual([
    ["scenes-resnet", [2]],
  ]);
}, 60_000);

it.each([
  [{ models: ["model.onnx"] }, "model.onnx: without data, claims are tested on scenes"],
  [{ data: { data: "photos" } }, "photos: no model is named"],
  [{ claims: [3, 11] }, "claim 11: no claim has this number; give 1 to 10"],
])("refuses %o", async (options, message) => {
  const refused = test(options);
  await expect(refused).rejects.toThrow(LimnError);
  await expect(refused).rejects.toThrow(message);
});
