/** The path of a Redis server that starts, or undefined. LIMN_REDIS_SERVER, where it is set, is the only candidate. */
export function findRedis(): string | undefined;
