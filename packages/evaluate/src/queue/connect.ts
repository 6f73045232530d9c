import { setTimeout as sleep } from "node:timers/promises";
import { LimnError, reasonOf } from "@limn/core";
import { Redis } from "ioredis";
import { shownAddress } from "./address.js";

/** A connection that is restored by itself if it is lost; commands wait meanwhile. */
export interface QueueConnection {
  readonly redis: Redis;
  /** Without the password. */
  readonly address: string;
}

const PATIENCE_MS = 5000;

/** How long Redis may be away before that is reported; a restart takes less. */
const RESTART_MS = 2000;

/** The longest pause between attempts to connect again. */
const RETRY_MS = 1000;

/**
 * Connects to the Redis server that holds the queue.
 * @param onNotice called when the server has been away for a while, and when it is back
 * @throws LimnError `bad-option` if no server answers at the address within five seconds, or it refuses the password
 */
export async function connectQueue(url: string, onNotice: (message: string) => void): Promise<QueueConnection> {
  const address = shownAddress(url);
  let reached = false;
  let complaint: unknown;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    // commands wait for the connection without an end
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
  throw new Error(`no answer in ${PATIENCE_MS / 1000} s`);
}

function refusal(address: string, error: unknown): LimnError {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  // without the cause, which holds the password
  return new LimnError("bad-option", `queue ${address}: ${adviceOn(`${code} ${message}`, code ?? reasonOf(error))}`);
}

function adviceOn(complaint: string, reason: string): string {
  if (/WRONGPASS|NOAUTH|NOPERM/.test(complaint)) {
    return "the server asks for another user or password; give them in the address, as in redis://user:password@host:6379";
  }
  if (/CERT/.test(complaint)) {
    return `the server's certificate is not trusted (${reason}); name the certificate's file in NODE_EXTRA_CA_CERTS`;
  }
  return `no Redis server answers at this address (${reason}); start one with redis-server, or correct the address (rediss:// for TLS)`;
}

function tellOfOutages(redis: Redis, address: string, onNotice: (message: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  redis.on("close", () => {
    timer ??= setTimeout(() => {
      told = true;
      onNotice(`queue ${address}: the server can't be reached any more; waiting until it is back`);
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
