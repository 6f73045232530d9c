import type { Engine } from "../../engine/engine.js";
import type { Answer, Port, Request } from "../../engine/messages.js";
import { remoteEngine } from "../../engine/remote.js";
import type { Backend } from "./web-runtime.js";

/** An engine that the page is connected to. */
export interface Connection {
  readonly engine: Engine;
  close(): void;
}

/** What a page is told of its connection. */
export interface ConnectionEvents {
  /**
   * The engine is gone: what it was doing has failed, and what was open in it must be opened again, as soon as `onBack` says that
   * there is one.
   * @param reason in words, with what happens next
   */
  readonly onLost?: (reason: string) => void;
  readonly onBack?: () => void;
}

const startWorker = (backend: Backend): Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: backend });

/**
 * The page's own engine, in a Worker. If that dies, its calls are rejected, and a fresh one takes its place.
 * @param start starts the thread. Default: this page's own
 */
export function connectToWorker(
  { onLost, onBack }: ConnectionEvents = {},
  backend: Backend = "wasm",
  start: (backend: Backend) => Worker = startWorker,
): Connection {
  let worker: Worker;
  const port: Port<Request, Answer> = {
    send: (request) => worker.postMessage(request),
    receive: () => {},
  };
  const replace = (why: string) => {
    worker.terminate();
    const reason = `${why}: it was started again; open the model and the photo again`;
    run();
    engine.lose(reason);
    onLost?.(reason);
    onBack?.();
  };
  const run = () => {
    worker = start(backend);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => port.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      replace(`the engine has died (${event.message || "its file can't be loaded"})`);
    };
  };
  const engine = remoteEngine(port, replace);
  run();
  return { engine, close: () => worker.terminate() };
}
