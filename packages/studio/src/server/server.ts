import { createHash, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { LimnError } from "@limn/core";
import { type WebSocket, WebSocketServer } from "ws";
import { decodeMessage, encodeMessage } from "../engine/codec.js";
import type { Engine } from "../engine/engine.js";
import type { Answer, Port, Request } from "../engine/messages.js";
import { serveEngine } from "../engine/serve.js";
import { newToken } from "./kept-token.js";

/** A studio that is served on this machine. */
export interface StudioServer {
  /** The page's address, with the token without which nothing is answered. */
  readonly address: string;
  close(): Promise<void>;
}

/** How a studio is served. */
export interface StudioServerOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** The secret in the address, of 32 letters. Default: a new one. */
  readonly token?: string;
  /** The folder of the built page. Default: that of this package. */
  readonly page?: string;
}

const PAGE = fileURLToPath(new URL("../page/", import.meta.url));

/** The only address that is listened on: no other machine gets here. */
const HOST = "127.0.0.1";

/** The socket's name, next to the page. */
const SOCKET = "engine";

/** The largest message: a model that is dropped is one. */
const LARGEST_MESSAGE = 2 ** 31;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/** Nothing but what this server sends, in workers and threads too; wasm needs permission to be compiled. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "manifest-src 'self'",
  "connect-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  // threads need shared memory, and shared memory needs these
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  // the address holds the token
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

/**
 * Serves the page, and an engine to it, to this machine alone and to whoever knows the token in the address. The page's files are
 * listed when it starts, and nothing else is read.
 * @throws LimnError `bad-option` for a port that is taken, `not-installed` if the page was not built
 */
export async function serveStudio(
  engine: Engine,
  { port = 0, token = newToken(), page = PAGE }: StudioServerOptions = {},
): Promise<StudioServer> {
  const files = filesOf(page);
  const server = createServer((request, response) => {
    const status = isAllowed(request, server) ? undefined : 403;
    answer(status ?? pathAfter(request, token), files, request, response);
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on("upgrade", (request, socket, head) => {
    const isOurs = isAllowed(request, server) && isSameOrigin(request) && pathAfter(request, token) === SOCKET;
    if (!isOurs) return socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (webSocket) => speak(engine, webSocket));
  });
  // a client that breaks off is none of an error
  server.on("clientError", (_, socket) => socket.destroy());
  await listening(server, port);
  return {
    address: `http://${HOST}:${(server.address() as AddressInfo).port}/${token}/`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "it is taken" : error.message;
      reject(
        new LimnError("bad-option", `port ${port}: ${reason}; give another one, or 0 for one that is free`, {
          cause: error,
        }),
      );
    });
    server.listen(port, HOST, resolve);
  });
}

/** The page's files, by their paths in an address. */
function filesOf(page: string): ReadonlyMap<string, string> {
  let entries: ReturnType<typeof listed>;
  try {
    entries = listed(page);
  } catch (error) {
    throw new LimnError("not-installed", `${page}: the studio's page is not there; build it with npm run build`, {
      cause: error,
    });
  }
  return new Map(entries.map((path) => [path.split(sep).join("/"), join(page, path)]));
}

const listed = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.endsWith(sep) ? folder.length : folder.length + 1));

/** Whether a request is for this server by its own name: others may point their names at this machine (DNS rebinding). */
function isAllowed({ headers: { host } }: IncomingMessage, server: Server): boolean {
  const address = server.address() as AddressInfo | null;
  return address !== null && [HOST, "localhost"].some((name) => host === `${name}:${address.port}`);
}

/** Whether a page of this server opens a socket; those of others may try. */
const isSameOrigin = ({ headers: { origin, host } }: IncomingMessage): boolean => origin === `http://${host}`;

/** What an address names after the token; undefined for another token. */
function pathAfter({ url = "/" }: IncomingMessage, token: string): string | undefined {
  const [path = ""] = url.split(/[?#]/, 1);
  const [, given = "", ...rest] = path.split("/");
  return isSame(given, token) ? rest.join("/") : undefined;
}

/** In the same time, wherever two texts begin to differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** @param asked a path of the page, a status that refuses, or undefined for an address that is none of ours */
function answer(
  asked: string | number | undefined,
  files: ReadonlyMap<string, string>,
  { method }: IncomingMessage,
  response: ServerResponse,
): void {
  const refuse = (status: number) => response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain" }).end();
  if (typeof asked === "number") return void refuse(asked);
  if (method !== "GET" && method !== "HEAD") return void refuse(405);
  const name = asked === "" ? "index.html" : asked;
  const file = name === undefined ? undefined : files.get(name);
  if (file === undefined) return void refuse(404);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    return void refuse(404);
  }
  const body = name === "index.html" ? withSocket(bytes) : bytes;
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...HEADERS, "Content-Type": type, "Content-Length": body.byteLength });
  response.end(method === "HEAD" ? undefined : body);
}

/** The page, with where its engine is: see the page's `socketAddress`. */
const withSocket = (html: Uint8Array): Uint8Array =>
  Buffer.from(
    new TextDecoder().decode(html).replace(/<head[^>]*>/i, `$&<meta name="limn-engine" content="${SOCKET}">`),
  );

/** Lets one page call the engine. */
function speak(engine: Engine, socket: WebSocket): void {
  const port: Port<Answer, Request> = {
    send: (message) => socket.readyState === socket.OPEN && socket.send(encodeMessage(message)),
    receive: () => {},
  };
  const served = serveEngine(engine, port);
  socket.on("message", (data, isBinary) => {
    try {
      const message = decodeMessage(isBinary ? bytesOf(data) : new Uint8Array());
      if (isRequest(message)) return port.receive(message);
    } catch {
      // as below
    }
    // nobody who speaks otherwise is the page
    socket.close(1002);
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => served.stop());
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function isRequest(message: unknown): message is Request {
  if (typeof message !== "object" || message === null) return false;
  const { id, method, args, cancel } = message as Record<string, unknown>;
  return Number.isSafeInteger(id) && (cancel === true || (typeof method === "string" && Array.isArray(args)));
}
