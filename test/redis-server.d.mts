/** Why tests of the queue are skipped, for their titles; empty if they run. */
export const withoutRedis: string;

/** A Redis server of one's own, on a free port and in a temporary folder, that writes down every change. */
export class RedisServer {
  /** @param password that it asks for; none unless given */
  constructor(password?: string);
  readonly url: string;
  /** Also after `kill`: then it has its port and its data again. */
  start(): Promise<this>;
  /** As by a crash. */
  kill(): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}
