import { LimnError } from "@limn/core";
import type { Call, Engine } from "./engine.js";
import { type Answer, inWords, METHODS, type MethodOfEngine, type Port, type Request } from "./messages.js";

/** Lets the page at the other end of a port call an engine's methods. */
export interface Served {
  /** Ends what is being done for that page. */
  stop(): void;
}

/**
 * Serves an engine. Calls of one method are made one after the other, so that a call that nobody waits for any more, as of a
 * brush that has moved on, is never begun; calls of different methods take turns.
 * @param after is called with each error that a call ends with, unless it was called off
 */
export function serveEngine(
  engine: Engine,
  port: Port<Answer, Request>,
  after: (error: unknown) => void = () => {},
): Served {
  const calls = new Map<number, AbortController>();
  const lanes = new Map<MethodOfEngine, Promise<void>>();
  port.receive = (request) => {
    if ("cancel" in request) return calls.get(request.id)?.abort();
    const { id, method, args } = request;
    if (!Object.hasOwn(METHODS, method)) {
      return port.send({ id, error: inWords(new LimnError("bad-option", `there is no method "${method}"`)) });
    }
    const controller = new AbortController();
    calls.set(id, controller);
    const { signal } = controller;
    const answer = async () => {
      if (signal.aborted) return;
      try {
        const call: Call<unknown> = { signal, onStep: (step) => signal.aborted || port.send({ id, step }) };
        const all = [...Array.from({ length: METHODS[method] }, (_, i) => args[i]), call];
        const result = await (engine[method] as (...all: unknown[]) => Promise<unknown>)(...all);
        if (!signal.aborted) port.send({ id, result });
      } catch (error) {
        if (signal.aborted) return;
        port.send({ id, error: inWords(error) });
        after(error);
      } finally {
        calls.delete(id);
      }
    };
    lanes.set(method, (lanes.get(method) ?? Promise.resolve()).then(answer));
  };
  return {
    stop() {
      for (const controller of calls.values()) controller.abort();
    },
  };
}
