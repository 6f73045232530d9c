import { decodeMessage, encodeMessage } from "../../engine/codec.js";
import type { Answer, Port, Request } from "../../engine/messages.js";
import { serveEngine } from "../../engine/serve.js";
import { connectToWorker } from "../engine/connect-worker.js";

/** Where answers go: the test exposes it. */
declare const limnAnswer: (text: string) => void;

const lost: string[] = [];
const workers: Worker[] = [];

globalThis.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    workers.push(this);
  }
};

const backend = location.search === "?webgpu" ? "webgpu" : "wasm";
const { engine } = connectToWorker({ onLost: (reason) => lost.push(reason) }, backend);

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

Object.assign(globalThis, { studio });
