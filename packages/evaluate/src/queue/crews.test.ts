import { describe, expect, it } from "vitest";
import type { ItemRecord } from "../evaluation/result-log.js";
import type { Laborer } from "../evaluation/workforce.js";
import { Crews } from "./crews.js";
import type { QueuedEvaluation, Task } from "./task.js";

/** Measures when it is told to. */
class Puppet implements Laborer {
  released = false;
  readonly begun: { readonly chunk: number; finish(): void; fail(error: Error): void }[] = [];

  measure(chunk: number): Promise<ItemRecord[]> {
    return new Promise((resolve, reject) => {
      this.begun.push({ chunk, finish: () => resolve([{ index: chunk, id: "", error: "" }]), fail: reject });
    });
  }

  async release(): Promise<void> {
    this.released = true;
  }
}

const task = (key: string, chunk = 0): Task => ({ evaluation: { key } as QueuedEvaluation, chunk });

/** Lets all go on that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Crews of two, and who was hired for which evaluation. */
function crewsOfPuppets() {
  const hired: { readonly key: string; readonly puppets: readonly Puppet[] }[] = [];
  const crews = new Crews(async ({ key }) => {
    const puppets = [new Puppet(), new Puppet()];
    hired.push({ key, puppets });
    return puppets;
  });
  const puppetsOf = (place: number) => hired[place]?.puppets ?? [];
  return { crews, hired, puppetsOf };
}

describe("Crews", () => {
  it("opens an evaluation once, and gives each chunk to whoever has the least to do", async () => {
    const { crews, hired, puppetsOf } = crewsOfPuppets();
    const measured = [0, 1, 2, 3].map((chunk) => crews.measure(task("a", chunk)));
    await settle();
    expect(puppetsOf(0).map(({ begun }) => begun.map(({ chunk }) => chunk))).toEqual([
      [0, 2],
      [1, 3],
    ]);
    for (const { begun } of puppetsOf(0)) for (const { finish } of begun) finish();
    expect((await Promise.all(measured)).map(([item]) => item?.index)).toEqual([0, 1, 2, 3]);
    expect(hired).toHaveLength(1);
  });

  it("measures a chunk once that comes again meanwhile", async () => {
    const { crews, puppetsOf } = crewsOfPuppets();
    const [first, second] = [crews.measure(task("a")), crews.measure(task("a"))];
    await settle();
    expect(puppetsOf(0).map(({ begun }) => begun.length)).toEqual([1, 0]);
    puppetsOf(0)[0]?.begun[0]?.finish();
    expect(await second).toEqual(await first);
  });

  it("closes the evaluation that was used longest ago, when its last chunk is done", async () => {
    const { crews, hired, puppetsOf } = crewsOfPuppets();
    const slow = crews.measure(task("a"));
    for (const key of ["b", "c"]) crews.measure(task(key));
    await settle();
    expect(puppetsOf(0)[0]?.released).toBe(false);
    puppetsOf(0)[0]?.begun[0]?.finish();
    await slow;
    await settle();
    expect(hired.map(({ puppets }) => puppets.every(({ released }) => released))).toEqual([true, false, false]);
  });

  it("opens an evaluation anew after a failure, whether of opening or of measuring", async () => {
    const { crews, hired, puppetsOf } = crewsOfPuppets();
    const failing = crews.measure(task("a"));
    await settle();
    puppetsOf(0)[0]?.begun[0]?.fail(new Error("out of memory"));
    await expect(failing).rejects.toThrow("out of memory");
    crews.measure(task("a"));
    await settle();
    expect(hired).toHaveLength(2);
    expect(puppetsOf(0).every(({ released }) => released)).toBe(true);

    let attempts = 0;
    const unlucky = new Crews(async () => {
      if (++attempts === 1) throw new Error("no such model");
      return [new Puppet()];
    });
    await expect(unlucky.measure(task("a"))).rejects.toThrow("no such model");
    unlucky.measure(task("a"));
    await settle();
    expect(attempts).toBe(2);
  });
});
