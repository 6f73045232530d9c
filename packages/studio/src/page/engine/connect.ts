import { connectToServer, socketAddress } from "./connect-server.js";
import { type Connection, type ConnectionEvents, connectToWorker } from "./connect-worker.js";
import type { Backend } from "./web-runtime.js";

/** Connects the page with `limn studio`, if that has sent it, and otherwise with an engine of its own. */
export function connect(events: ConnectionEvents, backend: Backend): Connection {
  const address = socketAddress();
  return address === undefined ? connectToWorker(events, backend) : connectToServer(address, events);
}
