import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { RedisServer } from "../../test/redis-server.mjs";

const LIMN = fileURLToPath(new URL("../../packages/cli/bin/limn.js", import.meta.url));

/** A Redis server, and `limn worker` processes of one thread that are ready to take work from it. */
export async function startWorkers(count) {
  const redis = await new RedisServer().start();
  const args = ["worker", "--queue", redis.url, "--workers", "1", "--threads", "1"];
  const workers = Array.from({ length: count }, () =>
    spawn(process.execPath, [LIMN, ...args], { stdio: ["ignore", "ignore", "pipe"] }),
  );
  // they say so
  await Promise.all(workers.map(({ stderr }) => once(stderr, "data")));
  for (const { stderr } of workers) stderr.resume();
  return {
    url: redis.url,
    async stop() {
      await Promise.all(workers.map((worker) => [once(worker, "exit"), worker.kill("SIGTERM")][0]));
      await redis.stop();
    },
  };
}
