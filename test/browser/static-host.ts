import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Served } from "./chromium.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A host that gives the files of a folder and knows nothing else, at an address that stays the same. */
export class StaticHost {
  readonly #folder: string;
  readonly #path: string;
  #server: Server | undefined;
  #port = 0;

  /** @param path under which the folder is found, such as `/some/deep/path/` */
  constructor(folder: string, path: string) {
    this.#folder = folder;
    this.#path = path;
  }

  async start(): Promise<Served> {
    const server = createServer(({ url = "" }, response) => {
      const path = decodeURIComponent(url.split("?")[0] as string);
      const name = path.slice(this.#path.length) || "index.html";
      const file = join(this.#folder, name);
      const isThere = path.startsWith(this.#path) && statSync(file, { throwIfNoEntry: false })?.isFile();
      if (!isThere) return response.writeHead(404).end();
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
      return response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return { address: `http://127.0.0.1:${this.#port}${this.#path}`, close: () => this.stop() };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
