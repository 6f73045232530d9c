import { expect, it } from "vitest";
import { createStore } from "zustand/vanilla";
import type { Engine } from "../../engine/engine.js";
import type { Backend } from "../engine/web-runtime.js";
import { createSession, type SessionSlice } from "./session.js";
import type { Slice, Studio } from "./state.js";

const ENGINE = { about: async () => ({}), evaluations: async () => [] } as unknown as Engine;

async function session(canRestart: boolean) {
  const begun: Backend[] = [];
  const store = createStore<Studio>()(createSession as Slice<SessionSlice> as Slice<Studio>);
  const runOn = canRestart ? { runOn: (backend: Backend) => begun.push(backend) } : {};
  await store.getState().start({ engine: ENGINE, close: () => {}, ...runOn }, "wasm");
  return { begun, opens: (megabytes: number) => store.getState().freeMemory(1e6 * megabytes) };
}

it("begins again, once, if a large model was closed, since wasm gives no memory back", async () => {
  const { begun, opens } = await session(true);
  for (const megabytes of [1, 14, 1, 400, 390, 250]) opens(megabytes);
  expect(begun).toEqual([]);
  opens(14);
  expect(begun).toEqual(["wasm"]);
  for (const megabytes of [14, 1, 40]) opens(megabytes);
  expect(begun).toEqual(["wasm"]);
});

it("leaves limn studio alone, whose memory is its own matter", async () => {
  const { begun, opens } = await session(false);
  for (const megabytes of [400, 1]) opens(megabytes);
  expect(begun).toEqual([]);
});
