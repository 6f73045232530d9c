import { LimnError } from "@limn/core";

/**
 * Checks the address of a queue.
 * @param address redis:// or rediss://, with a user and password where there are some
 * @returns the same without them, for messages
 * @throws LimnError `bad-option`
 */
export function shownAddress(address: string): string {
  // what is not understood may hold a password too
  const hidden = address.replace(/\/\/.*@/, "//...@");
  const refuse = (reason: string): never => {
    throw new LimnError("bad-option", `queue ${hidden}: ${reason}`);
  };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.host === "") {
    return refuse("give the address of a Redis server, such as redis://localhost:6379, or rediss:// for TLS");
  }
  if (address.includes("@") && url.username === "" && url.password === "") {
    return refuse("a password with characters such as # or / is written with %23 or %2F for them");
  }
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}
