import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import type { Engine, MapWish } from "../../engine/engine.js";
import type { MapJob } from "../maps/map-job.js";
import { createMaps } from "./maps.js";
import type { Studio } from "./state.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A store of maps alone, whose engine takes 10 ms for each run. */
function studio() {
  const runs: string[] = [];
  const stopped: string[] = [];
  const explain: Engine["explain"] = async (_subject, wishes, targets, { signal } = {}) => {
    const run = `${wishes.map(({ method }) => method).join()} of ${targets.join()}`;
    runs.push(run);
    await new Promise((done) => setTimeout(done, 10));
    if (signal?.aborted) stopped.push(run);
    signal?.throwIfAborted();
    const map = (wish: MapWish) => ({ wish, refused: "" });
    return targets.map((target) => ({ target: Number(target), name: "", probability: 0, maps: wishes.map(map) }));
  };
  const store = createStore<Studio>()(
    (...all) => ({ ...createMaps(...all), engine: { explain } }) as unknown as Studio,
  );
  return { runs, stopped, want: store.getState().want };
}

const job = (method: string, targets: number[], after?: number): MapJob => ({
  subject: { model: "m", picture: "p" },
  revision: 0,
  wishes: [{ method }],
  targets,
  ...(after === undefined ? {} : { after }),
});

it("makes what is looked at at once, and the rest after a rest, the shortest first", async () => {
  const { runs, want } = studio();
  want("view", [job("lrp", [1], 1000), job("cam", [1, 2, 3], 100), job("cam", [1])]);
  expect(runs).toEqual(["cam of 1"]);
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toEqual(["cam of 1", "cam of 2,3"]);
  await vi.advanceTimersByTimeAsync(700);
  expect(runs).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(300);
  expect(runs).toEqual(["cam of 1", "cam of 2,3", "lrp of 1"]);
});

it("lets nobody who goes from class to class wait for what is made at rest", async () => {
  const { runs, want } = studio();
  for (const target of [1, 2, 3]) {
    want("view", []);
    want("view", [job("cam", [target]), job("lrp", [target], 1000)]);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(runs).toEqual(["cam of 1", "cam of 2", "cam of 3"]);
});

it("stops what nobody wants any more, and goes on with what is wanted again at once", async () => {
  const { runs, stopped, want } = studio();
  want("view", [job("cam", [1])]);
  want("view", []);
  want("view", [job("cam", [1])]);
  await vi.advanceTimersByTimeAsync(1);
  want("view", []);
  want("view", [job("cam", [2])]);
  await vi.advanceTimersByTimeAsync(50);
  expect(runs).toEqual(["cam of 1", "cam of 2"]);
  expect(stopped).toEqual(["cam of 1"]);
});
