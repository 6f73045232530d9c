import { decodeMessage, encodeMessage } from "../../engine/codec.js";
import type { Answer, Port, Request } from "../../engine/messages.js";
import { remoteEngine } from "../../engine/remote.js";
import type { Connection, ConnectionEvents } from "./connect-worker.js";

/** How long to wait before the next attempt to reach the server, in milliseconds: longer each time. */
const WAITS = [200, 500, 1000, 2000, 5000];

/**
 * The engine of `limn studio`, over a WebSocket. If the server goes away, its calls are rejected, and the page reconnects as soon
 * as it is there again. What was open in it still is, unless it was started again.
 * @param address of the socket
 */
export function connectToServer(address: string, { onLost, onBack }: ConnectionEvents = {}): Connection {
  let socket: WebSocket;
  let attempts = 0;
  let isLost = false;
  let isClosed = false;
  /** What is asked before the socket is open. */
  let early: Uint8Array[] = [];
  const { port } = new URL(address);
  const way: Port<Request, Answer> = {
    send(request) {
      const bytes = encodeMessage(request);
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes as Uint8Array<ArrayBuffer>);
      else early.push(bytes);
    },
    receive: () => {},
  };
  const engine = remoteEngine(way);
  const open = () => {
    socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      attempts = 0;
      for (const bytes of early) socket.send(bytes as Uint8Array<ArrayBuffer>);
      early = [];
      if (isLost) onBack?.();
      isLost = false;
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) =>
      way.receive(decodeMessage(new Uint8Array(data)) as Answer);
    socket.onclose = () => {
      if (isClosed) return;
      const reason = `limn studio does not answer any more; start it again in the terminal with --port ${port}, and this page goes on`;
      early = [];
      engine.lose(reason);
      if (!isLost) onLost?.(reason);
      isLost = true;
      setTimeout(open, WAITS[Math.min(attempts++, WAITS.length - 1)]);
    };
  };
  open();
  return {
    engine,
    close() {
      isClosed = true;
      socket.close();
    },
  };
}
