import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { transformer } from "../../../core/src/testing/transformer.js";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const vit = work.path("vit.onnx");
writeFileSync(vit, transformer({ blocks: 2 }));

describe("limn layers", () => {
  it("shows tokens by their grid, after those that have no place", async () => {
    const { code, stdout, stderr } = await limn("layers", vit);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^index +stage +depth +operator +shape +tokens +node +tensor\n/);
    expect(stdout).toMatch(/block1 +\d+ % +LayerNormalization +1x8x2x2 +1 \+ 2x2 +block1\.norm1/);
    const rows: Record<string, unknown>[] = JSON.parse((await limn("layers", vit, "--json")).stdout);
    expect(rows.find((row) => row.default)).toMatchObject({
      tokens: { before: 1, grid: [2, 2], after: 0 },
      reached: true,
    });
    expect(rows.at(-1)).toMatchObject({ reached: false });
  });

  it("says nothing of tokens where there are none", async () => {
    const { stdout } = await limn("layers", work.model);
    expect(stdout).toMatch(/^index +stage +depth +operator +shape +node +tensor\n/);
  });

  it("lists attentions with heads and grid", async () => {
    const { stdout } = await limn("layers", vit, "--attention");
    expect(stdout).toMatch(/^index +heads +queries +keys +windows +grid +node\n/);
    expect(stdout).toMatch(/ 1 +2 +5 +5 +1 +1 \+ 2x2 +block1\.attention\.softmax\n$/);
    expect(JSON.parse((await limn("layers", vit, "--attention", "--json")).stdout)).toMatchObject([
      { index: 0, heads: 2, queries: 5, keys: 5, windows: 1, grid: [2, 2], before: 1 },
      { index: 1 },
    ]);
    expect((await limn("layers", work.model, "--attention")).stdout).toBe("The model has no attention.\n");
  });

  it.each([
    ["2", /--grid <h,w>.* give the height and the width, such as 14,14/s],
    ["0,4", /such as 14,14/],
    ["1,4", /grid 1,4: the network's tokens lie as 2,2/],
  ])("refuses --grid %s", async (grid, message) => {
    const { code, stderr } = await limn("layers", vit, "--grid", grid);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe("limn explain", () => {
  it("says once why methods of attention are left out of all that are named, and nothing where all are meant", async () => {
    const all = await limn(
      "explain",
      work.model,
      await work.picture("cat.png"),
      "--preprocess",
      "unit",
      "--out",
      work.path("a"),
    );
    expect(all.stderr).toBe("");
    const named = [
      "explain",
      work.model,
      await work.picture("dog.png"),
      "--preprocess",
      "unit",
      "--out",
      work.path("b"),
    ];
    const { code, stderr } = await limn(...named, "--method", "saliency,rollout");
    expect(code).toBe(1);
    expect(stderr).toMatch(/rollout: the network has no attention to show; use grad-cam, lrp or saliency/);
  });
});
