import { setTimeout as sleep } from "node:timers/promises";
import { LimnError, reasonOf } from "@limn/core";
import { Redis } from "ioredis";
import { shownAddress } from "./address.js";

/** A connection that comes back by itself; whatever is asked of it meanwhile waits. */
export interface QueueConnection {
  readonly redis: Redis;
  /** Without the password. */
  readonly address: string;
}

const PATIENCE_MS = 5000;

/** How long Redis may be away before anyone is told: a restart takes no longer. */
const RESTART_MS = 2000;

/** Between attempts to connect again, at most. */
const RETRY_MS = 1000;

/**
 * Connects to the Redis server that holds the queue.
 * @param onNotice told when the server is gone for a while, and when it is back
 * @throws LimnError `bad-option` where no server answers at the address in five seconds, or it lets nobody in
 */
export async function connectQueue(url: string, onNotice: (message: string) => void): Promise<QueueConnection> {
  const address = shownAddress(url);
  let reached = false;
  let complaint: unknown;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    // commands wait for the connection, however long it takes
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (reached ? Math.min(100 * times, RETRY_MS) : null),
  });
  redis.on("error", (error) => {
    complaint = error;
  });
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), patience()]);
  } catch (error) {
    redis.disconnect();
    throw refusal(address, complaint ?? error);
  }
  reached = true;
  tellOfOutages(redis, address, onNotice);
  return { redis, address };
}

async function patience(): Promise<never> {
  await sleep(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`nothing came in ${PATIENCE_MS / 1000} s`);
}

function refusal(address: string, error: unknown): LimnError {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  // without the cause, which holds the password
  return new LimnError("bad-option", `queue ${address}: ${adviceOn(`${code} ${message}`, code ?? reasonOf(error))}`);
}

function adviceOn(complaint: string, reason: string): string {
  if (/WRONGPASS|NOAUTH|NOPERM/.test(complaint)) {
    return "the server asks for another user or password; give them as in redis://user:password@host:6379";
  }
  if (/CERT/.test(complaint)) {
    return `the server's certificate is not trusted (${reason}); name its file in NODE_EXTRA_CA_CERTS`;
  }
  return `no Redis server answers there (${reason}); start one with redis-server, or correct the address (rediss:// for TLS)`;
}

function tellOfOutages(redis: Redis, address: string, onNotice: (message: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  redis.on("close", () => {
    timer ??= setTimeout(() => {
      told = true;
      onNotice(`queue ${address}: the server is gone; waiting until it is back`);
    }, RESTART_MS).unref();
  });
  redis.on("ready", () => {
    clearTimeout(timer);
    timer = undefined;
    if (told) onNotice(`queue ${address}: the server is back`);
    told = false;
  });
  redis.on("end", () => clearTimeout(timer));
}
