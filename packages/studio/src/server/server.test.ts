import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { decodeMessage, encodeMessage } from "../engine/codec.js";
import type { Answer, Port, Request } from "../engine/messages.js";
import { remoteEngine } from "../engine/remote.js";
import { Workbench } from "../engine/workbench.js";
import { engineContract, type TestedEngine } from "../testing/contract.js";
import { nativePlatform } from "./native-platform.js";
import { type StudioServer, serveStudio } from "./server.js";

const root = mkdtempSync(join(tmpdir(), "limn-studio-"));
const page = join(root, "page");
mkdirSync(join(page, "assets"), { recursive: true });
writeFileSync(join(page, "index.html"), '<!doctype html><html><head lang="en"><title>x</title></head></html>');
writeFileSync(join(page, "assets", "a.js"), "export {};");
writeFileSync(join(root, "secret.txt"), "SECRET");
afterAll(() => rmSync(root, { recursive: true }));

const serve = () => serveStudio(new Workbench(nativePlatform(onnxRuntime())), { page });

/** Opens a socket as a page of the given origin would. */
function opened(address: URL, origin: string): Promise<WebSocket> {
  const socket = new WebSocket(new URL("engine", address).href.replace("http", "ws"), { origin, maxPayload: 2 ** 31 });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

async function connected(server: StudioServer): Promise<TestedEngine> {
  const address = new URL(server.address);
  const socket = await opened(address, address.origin);
  const port: Port<Request, Answer> = {
    send: (message) => socket.send(encodeMessage(message)),
    receive: () => {},
  };
  socket.on("message", (data) => port.receive(decodeMessage(data as Buffer) as Answer));
  const engine = remoteEngine(port);
  socket.on("close", () => engine.lose("gone"));
  return { engine, close: async () => socket.close() };
}

engineContract(
  "the workbench over a socket",
  async () => {
    const server = await serve();
    const { engine, close } = await connected(server);
    return {
      engine,
      close: async () => {
        await close();
        await server.close();
      },
    };
  },
  async () => ({ engine: new Workbench(nativePlatform(onnxRuntime())), close: async () => {} }),
);

describe("the server of the studio", () => {
  let server: StudioServer;
  let address: URL;
  beforeAll(async () => {
    server = await serve();
    address = new URL(server.address);
  });
  afterAll(() => server.close());

  /** A request as it is written, without what fetch would correct. */
  const ask = (
    path: string,
    { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ) =>
    new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
      const request = httpRequest({ host: address.hostname, port: address.port, path, method, headers }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
      });
      request.on("error", reject);
      request.end();
    });

  it("listens on this machine only, at an address that nobody guesses", () => {
    expect(address.hostname).toBe("127.0.0.1");
    expect(address.pathname).toMatch(/^\/[\w-]{32}\/$/);
  });

  it("sends the page, and says to it where its engine is", async () => {
    const { status, body, headers } = await ask(address.pathname);
    expect(status).toBe(200);
    expect(body).toContain('<head lang="en"><meta name="limn-engine" content="engine">');
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect(await ask(`${address.pathname}assets/a.js`)).toMatchObject({
      status: 200,
      headers: { "content-type": expect.stringContaining("javascript") },
    });
    expect(await ask(`${address.pathname}?x#y`, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it("answers nobody who does not know the token, or comes by another name", async () => {
    expect((await ask("/")).status).toBe(404);
    expect((await ask(`/${"a".repeat(32)}/`)).status).toBe(404);
    expect((await ask(address.pathname, { headers: { host: "evil.example" } })).status).toBe(403);
    expect((await ask(address.pathname, { headers: { host: `localhost:${address.port}` } })).status).toBe(200);
    expect((await ask(address.pathname, { method: "POST" })).status).toBe(405);
    await expect(opened(address, "http://evil.example")).rejects.toThrow(/403/);
    const other = new URL(address.href.replace(address.pathname, `/${"a".repeat(32)}/`));
    await expect(opened(other, address.origin)).rejects.toThrow(/403/);
  });

  it("gives no path outside of the page", async () => {
    for (const path of [
      "../secret.txt",
      "..%2fsecret.txt",
      "assets/../../secret.txt",
      "assets",
      "%2e%2e/secret.txt",
      "/etc/passwd",
    ]) {
      expect(await ask(`${address.pathname}${path}`)).toMatchObject({ status: 404, body: "" });
    }
  });

  /** What is answered to bytes that no client would send. */
  const raw = (bytes: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(address.port), address.hostname, () => socket.end(bytes, "latin1"));
      let answer = "";
      socket.on("data", (data) => {
        answer += data.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
    });

  it("gives nothing to requests that are none", async () => {
    const host = `Host: ${address.host}\r\nConnection: close`;
    const lines = [
      `GET http://${address.host}${address.pathname}../secret.txt HTTP/1.1`,
      "GET /etc/passwd HTTP/1.1",
      `GET ${address.pathname}../secret.txt\0.js HTTP/1.1`,
      `GET ${address.pathname}${"../".repeat(5000)}secret.txt HTTP/1.1`,
      `GET ${"a".repeat(100_000)} HTTP/1.1`,
      "GET // HTTP/1.1",
      "CONNECT evil.example:443 HTTP/1.1",
      "\0\x16\x03\x01",
      "",
    ];
    for (const line of lines) {
      const answer = await raw(`${line}\r\n${host}\r\n\r\n`);
      expect(answer).not.toMatch(/SECRET|root:|HTTP\/1.1 2/);
    }
    expect((await ask(address.pathname)).status).toBe(200);
  });

  it("survives whatever is asked (bounded)", async () => {
    const part = fc.oneof(
      fc.constantFrom(
        "..",
        ".",
        "",
        "%2e%2e",
        "secret.txt",
        "index.html",
        "assets",
        "a.js",
        "engine",
        "%00",
        "%",
        "\\..\\",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%5c",
        "x".repeat(2000),
      ),
      fc.string({ maxLength: 20 }).map(encodeURIComponent),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom("GET", "HEAD", "POST", "PUT", "OPTIONS"),
        async (parts, knows, method) => {
          const { status, body } = await ask(`${knows ? address.pathname : "/"}${parts.join("/")}`, { method });
          expect([200, 400, 403, 404, 405]).toContain(status);
          expect(body).not.toContain("SECRET");
        },
      ),
      { numRuns: 150, seed: 1 },
    );
    expect((await ask(address.pathname)).status).toBe(200);
  });

  it("survives whatever is said to its engine (bounded)", async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const message = fc.oneof(
      fc.record({ id: fc.nat(), method: fc.string(), args: fc.array(value, { maxLength: 4 }) }),
      fc.record({
        id: fc.nat(),
        method: fc.constantFrom(
          "explain",
          "openPicture",
          "openModel",
          "classify",
          "release",
          "__proto__",
          "constructor",
        ),
        args: fc.array(fc.oneof(value, fc.constant({ kind: "named", name: "/etc/passwd" })), { maxLength: 4 }),
      }),
      fc.record({ id: fc.nat(), cancel: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(message.map(encodeMessage), fc.uint8Array({ maxLength: 60 })), async (bytes) => {
        const socket = await opened(address, address.origin);
        const said = new Promise<string>((resolve) => {
          socket.once("message", (data) => resolve(JSON.stringify(decodeMessage(data as Buffer))));
          socket.once("close", () => resolve(""));
          setTimeout(() => resolve(""), 100);
        });
        socket.send(bytes);
        expect(await said).not.toContain("root:");
        socket.terminate();
      }),
      { numRuns: 60, seed: 1 },
    );
    const { engine, close } = await connected(server);
    expect((await engine.about()).kind).toBe("native");
    await close();
  });

  it("says what is wrong with a port, and with a page that was not built", async () => {
    const engine = new Workbench(nativePlatform(onnxRuntime()));
    await expect(serveStudio(engine, { page, port: Number(address.port) })).rejects.toThrow(/it is taken/);
    await expect(serveStudio(engine, { page: join(root, "nothing") })).rejects.toThrow(/build it/);
  });
});
