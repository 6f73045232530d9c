import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { findRedis } from "../scripts/find-redis.mjs";

/** Why tests of the queue are skipped, for their titles; empty if they run. A server that is only not installed is an error. */
export const withoutRedis =
  process.platform === "win32" && !findRedis() ? " (there is no Redis server for Windows)" : "";

const POLL_MS = 20;
const PATIENCE_MS = 20_000;

/** A Redis server of one's own, on a free port and in a temporary folder, that writes down every change. */
export class RedisServer {
  #folder = mkdtempSync(join(tmpdir(), "limn-redis-"));
  #password;
  #port;
  #process;

  /** @param password that it asks for; none unless given */
  constructor(password) {
    this.#password = password;
  }

  get url() {
    return `redis://${this.#password ? `:${encodeURIComponent(this.#password)}@` : ""}127.0.0.1:${this.#port}`;
  }

  /** Also after `kill`: then it has its port and its data again. */
  async start() {
    const command = findRedis();
    if (!command) throw new Error("there is no Redis server; run: node scripts/ensure-test-programs.mjs");
    this.#port ??= await freePort();
    const options = {
      bind: "127.0.0.1",
      port: this.#port,
      dir: this.#folder,
      appendonly: "yes",
      save: "",
      ...(this.#password ? { requirepass: this.#password } : {}),
    };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn(command, flags, { stdio: "ignore" });
    const end = performance.now() + PATIENCE_MS;
    while (!(await answers(this.#port))) {
      if (this.#process.exitCode !== null) throw new Error(`${command} ended with ${this.#process.exitCode}`);
      if (performance.now() > end) throw new Error(`${command} does not answer on port ${this.#port}`);
      await setTimeout(POLL_MS);
    }
    return this;
  }

  /** As by a crash. */
  async kill() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  /** For good. */
  async stop() {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Whether a server is ready, even if it lets nobody in without a password; one that still reads its data says LOADING. */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (data) => {
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}
