import type { Engine } from "../../engine/engine.js";
import type { Answer, Port, Request } from "../../engine/messages.js";
import { remoteEngine } from "../../engine/remote.js";
import type { Backend } from "./web-runtime.js";

/** An engine that the page is connected to. */
export interface Connection {
  readonly engine: Engine;
  /** Begins again with another backend, after which `onBack` is called. Undefined if the page does not choose it. */
  readonly runOn?: (backend: Backend) => void;
  close(): void;
}

/** What a page is told of its connection. */
export interface ConnectionEvents {
  /**
   * The engine is gone: what it was doing has failed, and what was open in it must be opened again, as soon as `onBack` says that
   * there is one.
   * @param reason in words
   */
  readonly onLost?: (reason: string) => void;
  readonly onBack?: () => void;
}

const startWorker = (backend: Backend): Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: backend });

/** The page's own engine, in a Worker. If that dies, its calls are rejected, and a fresh one takes its place. */
export function connectToWorker({ onLost, onBack }: ConnectionEvents = {}, backend: Backend = "wasm"): Connection {
  let worker: Worker;
  /** Whether the thread has ever answered: one that can't begin would not begin again, either. */
  let works = false;
  let broken: string | undefined;
  const port: Port<Request, Answer> = {
    send: (request) => (broken === undefined ? worker.postMessage(request) : engine.lose(broken)),
    receive: () => {},
  };
  const replace = (why: string) => {
    worker.terminate();
    const reason = works
      ? `${why}; it was started again`
      : `${why}; it can't be started: load the page again, or use another browser`;
    if (works) run(backend);
    else broken = reason;
    engine.lose(reason);
    onLost?.(reason);
    if (broken === undefined) onBack?.();
  };
  const run = (on: Backend) => {
    backend = on;
    works = false;
    worker = startWorker(backend);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      works = true;
      port.receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      replace(`the engine has died (${event.message || "its file can't be loaded"})`);
    };
  };
  const engine = remoteEngine(port, replace);
  run(backend);
  return {
    engine,
    runOn(other) {
      worker.terminate();
      broken = undefined;
      run(other);
      engine.lose(new DOMException("the engine begins again", "AbortError"));
      onBack?.();
    },
    close: () => worker.terminate(),
  };
}
