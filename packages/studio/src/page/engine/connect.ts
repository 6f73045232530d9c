import { type Connection, type ConnectionEvents, connectToWorker } from "./connect-worker.js";
import type { Backend } from "./web-runtime.js";

/** Connects the page with `limn studio`, if that has sent it, and otherwise with an engine of its own. */
export async function connect(events: ConnectionEvents, backend: Backend): Promise<Connection> {
  const address = socketAddress();
  if (address === undefined) return connectToWorker(events, backend);
  const { connectToServer } = await import("./connect-server.js");
  return connectToServer(address, events);
}

/** The socket's address if `limn studio` has sent this page; undefined on other hosts. */
export function socketAddress(): string | undefined {
  const path = document.querySelector<HTMLMetaElement>('meta[name="limn-engine"]')?.content;
  if (path === undefined) return undefined;
  const address = new URL(path, document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
