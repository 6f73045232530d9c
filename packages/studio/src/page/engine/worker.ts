import { LimnError } from "@limn/core";
import type { Answer, Port, Request } from "../../engine/messages.js";
import { serveEngine } from "../../engine/serve.js";
import { Workbench } from "../../engine/workbench.js";
import { webPlatform } from "./web-platform.js";

/** What is known of the thread that this file is run in; the DOM's types are those of pages. */
declare const self: {
  readonly name: string;
  onmessage: (event: { readonly data: Request }) => void;
  postMessage(message: Answer): void;
};

/** What ONNX Runtime's wasm says when it is out of memory, or broken by it: it can't be used afterwards. */
const FATAL = /Aborted\(|out of memory|bad_alloc|memory access out of bounds|unreachable|Array buffer allocation/;

const port: Port<Answer, Request> = {
  send: (message) => self.postMessage(message),
  receive: () => {},
};
self.onmessage = ({ data }) => port.receive(data);

serveEngine(new Workbench(webPlatform(self.name === "webgpu" ? "webgpu" : "wasm")), port, (error) => {
  const message = error instanceof Error ? error.message : String(error);
  const isOurs = error instanceof LimnError && error.code !== "runtime";
  if (!isOurs && FATAL.test(message)) port.send({ lost: "the engine ran out of memory" });
});
