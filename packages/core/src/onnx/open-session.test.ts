import { expect, it } from "vitest";
import { Graph } from "../graph/graph.js";
import { neg } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import type { Runtime, SessionOptions } from "../session.js";
import { imageOf, runtime } from "../testing/explaining.js";
import { openSession, runOnce, withSession } from "./open-session.js";

/** y = -x */
function negation(): Model {
  const graph = new Graph();
  graph.addOutputNamed("y", neg(graph.addInput("x", "float32", [2])));
  return { graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "limn", metadata: new Map() };
}

/** Counts the sessions that are open. */
function counting() {
  const seen = { open: 0, options: [] as (SessionOptions | undefined)[] };
  const counted: Runtime = {
    async createSession(bytes, options) {
      const session = await runtime.createSession(bytes, options);
      seen.open++;
      seen.options.push(options);
      return {
        ...session,
        release: async () => {
          seen.open--;
          await session.release();
        },
      };
    },
  };
  return { seen, counted };
}

it("opens a model, and hands on what the runtime is to know of it", async () => {
  const { seen, counted } = counting();
  const session = await openSession(negation(), counted, { optimize: "none", yields: true, encode: {} });
  expect(seen).toEqual({ open: 1, options: [{ optimize: "none", yields: true }] });
  expect((await session.run({ x: imageOf([2], [1, -2]) }, ["y"])).y?.data).toEqual(Float32Array.of(-1, 2));
  await session.release();
});

it.each([
  [undefined, "all"],
  [100, "all"],
  [4, "layout"],
  [1, "layout"],
] as const)("optimizes for %s runs what is worth it: %s", async (runs, optimize) => {
  const { seen, counted } = counting();
  const session = await openSession(negation(), counted, runs ? { runs } : {});
  expect(seen.options).toEqual([{ optimize }]);
  expect((await session.run({ x: imageOf([2], [1, -2]) }, ["y"])).y?.data).toEqual(Float32Array.of(-1, 2));
  await session.release();
});

it("releases the session when its use ends, and when it fails", async () => {
  const { seen, counted } = counting();
  expect(await withSession(negation(), counted, {}, ({ outputs }) => outputs.length)).toBe(1);
  expect(seen.open).toBe(0);
  const failing = withSession(negation(), counted, {}, () => {
    throw new Error("no use");
  });
  await expect(failing).rejects.toThrow("no use");
  expect(seen.open).toBe(0);
});

it("runs a model once, and gives all of its outputs", async () => {
  const { seen, counted } = counting();
  const results = await runOnce(negation(), counted, { x: imageOf([2], [3, 4]) });
  expect(results).toEqual({ y: { dtype: "float32", dims: [2], data: Float32Array.of(-3, -4) } });
  expect(seen.open).toBe(0);
  await expect(runOnce(negation(), counted, {})).rejects.toThrow("'x' is missing");
  expect(seen.open).toBe(0);
});
