import type { Runtime } from "@limn/core";
import { expect, it } from "vitest";
import { takingTurns } from "./turns.js";

it("takingTurns does one thing at a time, in order, goes on after errors, and lets messages in", async () => {
  let running = 0;
  let pauses = 0;
  const order: string[] = [];
  const slow: Runtime = {
    createSession: async (model) => ({
      inputs: [],
      outputs: [],
      run: async () => {
        expect(++running).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 15));
        running--;
        order.push(`${model[0]}`);
        if (model[0] === 1) throw new Error("one fails");
        return {};
      },
      release: async () => {},
    }),
  };
  const runtime = takingTurns(slow, async () => {
    pauses++;
  });
  const [one, two] = await Promise.all([1, 2].map((n) => runtime.createSession(Uint8Array.of(n))));
  const results = await Promise.allSettled([one?.run({}, []), two?.run({}, []), one?.run({}, []), two?.run({}, [])]);
  expect(order).toEqual(["1", "2", "1", "2"]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(pauses).toBeGreaterThan(1);
});
