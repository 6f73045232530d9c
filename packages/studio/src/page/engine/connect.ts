import type { Engine } from "../../engine/engine.js";

/** The engine that this page speaks to: its own, in a Worker. */
export function connect(): Engine {
  const worker = new Worker(new URL("./temporary/worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: { result?: unknown; error?: string }) => void>();
  worker.onmessage = ({ data }) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  let last = 0;
  return new Proxy({} as Engine, {
    get:
      (_, method) =>
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++last;
          waiting.set(id, ({ result, error }) => (error === undefined ? resolve(result) : reject(new Error(error))));
          const isCall = (x: unknown) => typeof x === "object" && x !== null && ("signal" in x || "onStep" in x);
          worker.postMessage({ id, method, args: args.filter((x) => !isCall(x)) });
        }),
  });
}
