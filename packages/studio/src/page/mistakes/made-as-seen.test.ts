import { expect, it } from "vitest";
import { MadeAsSeen } from "./made-as-seen.js";

/** Until all that can go on has gone on. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** One at a time, two kept; `finish` ends what is being made. */
function shelf() {
  const begun: string[] = [];
  const freed: string[] = [];
  let finish: (error?: Error) => void = () => {};
  const shelf = new MadeAsSeen<string>({
    make: (key) => {
      begun.push(key);
      return new Promise((resolve, reject) => {
        finish = (error) => (error ? reject(error) : resolve(key.toUpperCase()));
      });
    },
    free: (made) => freed.push(made),
    kept: 2,
    atOnce: 1,
  });
  const finishing = async (error?: Error) => {
    finish(error);
    await settled();
  };
  return { shelf, begun, freed, finish: finishing };
}

it("makes first what was asked for last, and not at all what is not seen any more", async () => {
  const { shelf: seen, begun, finish } = shelf();
  const shown: (string | undefined)[] = [];
  const leave = new Map<string, () => void>();
  for (const atOnce of ["abc", "de"]) {
    for (const key of atOnce)
      leave.set(
        key,
        seen.see(key, (made) => shown.push(made)),
      );
    await settled();
  }
  leave.get("c")?.();
  for (let i = 0; i < 4; i++) await finish();
  expect(begun).toEqual(["a", "d", "e", "b"]);
  expect(shown).toEqual(["A", "D", "E", "B"]);
  expect(seen.peek("b")).toBe("B");
  expect(seen.peek("c")).toBeUndefined();
});

it("keeps some that are not seen any more, and frees those that were seen first", async () => {
  const { shelf: seen, begun, freed, finish } = shelf();
  for (const key of ["a", "b", "c"]) {
    const leave = seen.see(key, () => {});
    await settled();
    await finish();
    leave();
  }
  expect(freed).toEqual(["A"]);
  const leave = seen.see("b", () => {});
  leave();
  leave();
  seen.see("a", () => {});
  await settled();
  await finish();
  expect(begun).toEqual(["a", "b", "c", "a"]);
  expect(freed).toEqual(["A"]);
});

it("tries again what could not be made", async () => {
  const { shelf: seen, begun, finish } = shelf();
  const shown: (string | undefined)[] = [];
  seen.see("a", (made) => shown.push(made));
  await settled();
  await finish(new Error("no such file"));
  seen.see("a", (made) => shown.push(made));
  await settled();
  await finish();
  expect(begun).toEqual(["a", "a"]);
  expect(shown).toEqual([undefined, "A"]);
});
