import { describe, expect, it } from "vitest";
import { openData } from "./open-data.js";

const idsOf = async (sample: number, seed?: number, data = "scenes:100") => {
  const { items } = await openData({ data, sample, ...(seed === undefined ? {} : { seed }) });
  return items.map(({ id }) => Number(id));
};

describe("a sample", () => {
  it("is chosen by its seed, in the data's order, without repetition", async () => {
    const ids = await idsOf(20, 3);
    expect(ids).toEqual(await idsOf(20, 3));
    expect(ids).not.toEqual(await idsOf(20, 4));
    expect(new Set(ids).size).toBe(20);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(await idsOf(20)).toEqual(await idsOf(20, 0));
  });

  it("holds the smaller samples of its seed", async () => {
    const larger = await idsOf(60, 5);
    for (const id of await idsOf(10, 5)) expect(larger).toContain(id);
  });

  it("takes every picture as often as others", async () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 400; seed++)
      for (const id of await idsOf(3, seed, "scenes:10")) counts[id] = (counts[id] as number) + 1;
    // 120 each, with a standard deviation of 9
    for (const count of counts) expect(Math.abs(count - 120)).toBeLessThan(40);
  });

  it("opens what it names", async () => {
    const [all, some] = [
      await openData({ data: "scenes:30" }),
      await openData({ data: "scenes:30", sample: 2, seed: 1 }),
    ];
    const id = some.items[0]?.id;
    expect((await some.open(0)).picture).toEqual((await all.open(Number(id))).picture);
    expect(some.fingerprint).not.toBe(all.fingerprint);
    expect(some.title).toBe("30 scenes (seed 0, 128 pixels), a sample of 2 (seed 1)");
  });

  it("is all where there are fewer", async () => {
    const { items, warnings } = await openData({ data: "scenes:30", sample: 31 });
    expect(items).toHaveLength(30);
    expect(warnings).toEqual(["the sample is to have 31 pictures, but the data has only 30; all of them are taken"]);
  });

  it.each([0, 1.5, -1])("of %d is refused", async (sample) => {
    await expect(openData({ data: "scenes:30", sample })).rejects.toThrow(
      `sample ${sample}: give a whole number from 1`,
    );
  });
});
