import type { Runtime, TensorValue } from "@limn/core";
import { describe, expect, it } from "vitest";
import { checkedRuntime } from "./checked-runtime.js";

/** A runtime whose every graph gives one number. */
function giving(value: () => number, log: string[], name: string): Runtime {
  return {
    createSession: async () => ({
      inputs: [],
      outputs: [],
      run: async (_, [output = ""]) => {
        log.push(name);
        const y: TensorValue = { dtype: "float32", dims: [1], data: Float32Array.of(value()) };
        return { [output]: y };
      },
      release: async () => {
        log.push(`${name} released`);
      },
    }),
  };
}

const run = async (runtime: Runtime) => {
  const session = await runtime.createSession(new Uint8Array());
  return async () => (await session.run({}, ["y"])).y?.data[0];
};

describe("a runtime that is checked", () => {
  it("does the work if its first results are right", async () => {
    const [log, told] = [[] as string[], [] as string[]];
    const runtime = checkedRuntime(
      giving(() => 1.0005, log, "fast"),
      giving(() => 1, log, "sure"),
      (why) => told.push(why),
    );
    const again = await run(runtime);
    expect(await again()).toBe(1);
    expect(await again()).toBeCloseTo(1.0005);
    expect(log).toEqual(["sure", "fast", "sure released", "fast"]);
    expect(told).toEqual([]);
  });

  it.each([
    ["wrong", () => 1.01, /its "y" is 0.010 away/],
    ["not a number", () => Number.NaN, /its "y" is NaN away/],
    [
      "an error",
      () => {
        throw new Error("MaxPool has no indices");
      },
      /MaxPool/,
    ],
  ])("is replaced, once and for all, if they are %s", async (_, value, why) => {
    const [log, told] = [[] as string[], [] as string[]];
    const runtime = checkedRuntime(
      giving(value, log, "fast"),
      giving(() => 1, log, "sure"),
      (reason) => told.push(reason),
    );
    const again = await run(runtime);
    expect([await again(), await again()]).toEqual([1, 1]);
    expect(await (await run(runtime))()).toBe(1);
    expect(told).toEqual([expect.stringMatching(why)]);
    expect(log.filter((name) => name === "fast")).toHaveLength(1);
  });
});
