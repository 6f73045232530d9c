import { findProgram } from "./find-program.mjs";

/** Where Debian puts it, which is not on every user's PATH. */
const SYSTEM = ["/usr/bin/redis-server", "/usr/sbin/redis-server"];

/** The path of a Redis server that starts, or undefined. LIMN_REDIS_SERVER, where it is set, is the only candidate. */
export const findRedis = () => findProgram("LIMN_REDIS_SERVER", ["redis-server", "valkey-server"], SYSTEM);
