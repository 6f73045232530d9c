import { describe, expect, it } from "vitest";
import { LeastRecentlyUsed } from "./least-recently-used.js";

/** Things that say when they are made and released. */
function workshop(most: number) {
  const log: string[] = [];
  const kept = new LeastRecentlyUsed<{ release(): Promise<void>; name: string }>(most);
  const use = <T>(name: string, action: () => Promise<T>) =>
    kept.with(
      name,
      async () => {
        log.push(`+${name}`);
        return {
          name,
          release: async () => {
            log.push(`-${name}`);
          },
        };
      },
      action,
    );
  return { log, kept, use };
}

describe("LeastRecentlyUsed", () => {
  it("keeps what was used last", async () => {
    const { log, use } = workshop(2);
    for (const name of ["a", "b", "a", "c", "a", "b"]) await use(name, async () => {});
    expect(log).toEqual(["+a", "+b", "+c", "-b", "+b", "-c"]);
  });

  it("releases nothing that is being used, and makes nothing twice", async () => {
    const { log, use, kept } = workshop(1);
    let end = () => {};
    const long = use("a", () => new Promise<void>((resolve) => (end = resolve)));
    await Promise.all([use("b", async () => {}), use("a", async () => {})]);
    expect(log).toEqual(["+a", "+b", "-b"]);
    await kept.drop("a");
    expect(log).not.toContain("-a");
    end();
    await long;
    expect(log.at(-1)).toBe("-a");
  });

  it("tries again what could not be made", async () => {
    const { use, kept } = workshop(1);
    const failing = kept.with(
      "a",
      () => Promise.reject(new Error("no memory")),
      async () => {},
    );
    await expect(failing).rejects.toThrow("no memory");
    expect(await use("a", async () => 7)).toBe(7);
  });
});
