import { join } from "node:path";
import { SceneGenerator } from "@limn/scenes";
import { describe, expect, it } from "vitest";
import { writeScenes } from "../scenes/write-scenes.js";
import { DataFolder } from "../testing/data-folder.js";
import { openData } from "./open-data.js";

describe("scenes by seed", () => {
  const { path } = new DataFolder();

  it("are those that limn scenes writes", async () => {
    const generator = new SceneGenerator({ seed: 7, size: 48, others: [1, 2], classes: ["cat", "dog", "bus"] });
    await writeScenes(generator, { folder: join(path, "scenes"), count: 6 });
    const written = await openData({ data: join(path, "scenes") });
    const drawn = await openData({ data: "scenes:count=6,seed=7,size=48,others=1-2,classes=cat+dog+bus" });
    expect(drawn.items.map(({ label }) => label)).toEqual(written.items.map(({ label }) => label));
    expect(drawn).toMatchObject({ objects: "masks", classes: ["bus", "cat", "dog"], warnings: [] });
    expect(written).toMatchObject({ objects: "masks", warnings: [] });
    for (const index of drawn.items.keys()) {
      const [here, there] = await Promise.all([drawn.open(index), written.open(index)]);
      expect(Buffer.compare(there.picture.rgb, here.picture.rgb)).toBe(0);
      expect(there.objects.map(({ class: name, box }) => [name, box])).toEqual(
        here.objects.map(({ class: name, box }) => [name, box]),
      );
      for (const [k, object] of here.objects.entries())
        expect(await there.objects[k]?.mask?.()).toEqual(await object.mask?.());
    }
  });

  it("have numbers for ids, and are known by their settings", async () => {
    const data = await openData({ data: "scenes:3" });
    expect(data.items.map(({ id }) => id)).toEqual(["0", "1", "2"]);
    expect((await openData({ data: "scenes:count=3" })).fingerprint).toBe(data.fingerprint);
    expect((await openData({ data: "scenes:3,clutter=0" })).fingerprint).not.toBe(data.fingerprint);
  });

  it.each([
    ["scenes:", 'count "": give a number'],
    ["scenes:seed=1", "say how many scenes to draw, such as scenes:1000"],
    ["scenes:0", "count 0: give a whole number from 1 to 1000000"],
    ["scenes:10,sead=1", 'there is no option "sead"; did you mean "seed"?'],
    ["scenes:10,others=a", 'others "a": give the least and the most, such as 1-3, or one number'],
    ["scenes:10,size=8", "size 8: give 32 to 1024"],
    ["scenes:10,classes=cat+bog", 'there is no class "bog"; did you mean "dog"'],
    ["scenes", "to draw scenes, say how many, such as scenes:1000"],
  ])("%s is refused", async (data, message) => {
    await expect(openData({ data })).rejects.toThrow(message);
  });

  it("have no parts", async () => {
    await expect(openData({ data: "scenes:10", split: "val" })).rejects.toThrow("scenes have no parts");
  });
});
