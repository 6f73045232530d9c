// Sees to it that the tests have the programs that npm does not bring: finds each, or installs it through apt on
// Debian and Ubuntu. `node scripts/ensure-test-programs.mjs redis` looks for one alone.

import { install, isDebian, mayInstall } from "./apt.mjs";
import { findChromium } from "./find-chromium.mjs";
import { findRedis } from "./find-redis.mjs";

const PROGRAMS = {
  chromium: {
    name: "Chromium or Chrome",
    users: "the browser tests",
    find: findChromium,
    variable: "LIMN_CHROMIUM",
    apt: "chromium",
    brew: "--cask google-chrome",
  },
  redis: {
    name: "a Redis server",
    users: "the tests of the queue",
    find: findRedis,
    variable: "LIMN_REDIS_SERVER",
    // there is none for Windows
    absent: ["win32"],
    apt: "redis-server",
    brew: "redis",
  },
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(PROGRAMS)) {
  const program = PROGRAMS[name];
  if (program.find()) continue;
  if (program.absent?.includes(process.platform)) console.error(`${program.users} are skipped without ${program.name}`);
  else bring(program);
}

function bring({ name, users, find, variable, apt, brew }) {
  const chosen = process.env[variable];
  if (chosen) fail(`${variable} is ${chosen}, which does not start; set it to the path of ${name}`);
  if (!mayInstall()) fail(`${users} need ${name}; ${howToInstall(apt, brew)}, or set ${variable} to its path`);
  console.error(`${name} is missing, installing it through apt`);
  try {
    install(apt);
  } catch (error) {
    fail(`${error.message}\ninstall ${apt} by hand, or set ${variable} to the path of ${name}`);
  }
  if (!find()) fail(`apt's ${apt} does not start; set ${variable} to the path of ${name}`);
}

function howToInstall(apt, brew) {
  if (isDebian()) return `install it as root: apt-get install ${apt}`;
  if (process.platform === "darwin") return `install it: brew install ${brew}`;
  if (process.platform === "win32") return "install Google Chrome";
  return "install it with your system's package manager";
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
