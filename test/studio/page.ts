import { decodeMessage, encodeMessage } from "../../packages/studio/src/engine/codec.js";
import type { Answer, Port, Request } from "../../packages/studio/src/engine/messages.js";
import { serveEngine } from "../../packages/studio/src/engine/serve.js";
import { connectToWorker } from "../../packages/studio/src/page/engine/connect-worker.js";

/** Where answers go: the test exposes it. */
declare const limnAnswer: (text: string) => void;

const lost: string[] = [];
const workers: Worker[] = [];
const backend = location.hash === "#webgpu" ? "webgpu" : "wasm";
const { engine } = connectToWorker({ onLost: (reason) => lost.push(reason) }, backend, (backend) => {
  const url = new URL("../../packages/studio/src/page/engine/worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", name: backend });
  workers.push(worker);
  return worker;
});

const textOf = (bytes: Uint8Array) => bytes.reduce((text, byte) => text + String.fromCharCode(byte), "");
const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const port: Port<Answer, Request> = {
  send: (answer) => limnAnswer(textOf(encodeMessage(answer))),
  receive: () => {},
};
serveEngine(engine, port);

/** What the test calls. */
const studio = {
  ask: (text: string) => port.receive(decodeMessage(bytesOf(text)) as Request),
  /** Ends the engine's thread as an error that nobody catches would. */
  kill: () => workers.at(-1)?.dispatchEvent(new ErrorEvent("error", { message: "killed" })),
  lost: () => lost,
};

export type StudioPage = typeof studio;

Object.assign(globalThis, { studio });
