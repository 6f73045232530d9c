import { describe, expect, it } from "vitest";
import { OncePerKey } from "./once-per-key.js";

describe("OncePerKey", () => {
  it("makes each thing once, for all who ask while it is made", async () => {
    const things = new OncePerKey<string, string>();
    const made: string[] = [];
    const get = (key: string) =>
      things.get(key, async () => {
        made.push(key);
        return key.toUpperCase();
      });
    expect(await Promise.all([get("a"), get("b"), get("a")])).toEqual(["A", "B", "A"]);
    expect(made).toEqual(["a", "b"]);
    expect(await things.all()).toEqual(["A", "B"]);
  });

  it("tries again what failed", async () => {
    const things = new OncePerKey<string, number>();
    let tries = 0;
    const get = () =>
      things.get("a", async () => {
        if (++tries === 1) throw new Error("not yet");
        return tries;
      });
    await expect(get()).rejects.toThrow("not yet");
    expect(await things.all()).toEqual([]);
    expect(await get()).toBe(2);
    expect(await get()).toBe(2);
  });
});
