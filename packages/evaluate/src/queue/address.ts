import { LimnError } from "@limn/core";

/**
 * Checks the address of a queue.
 * @param address redis:// or rediss://, with user and password if the server asks for them
 * @returns the address without user and password, for messages
 * @throws LimnError `bad-option`
 */
export function shownAddress(address: string): string {
  // an address that is not understood may hold a password, too
  const hidden = address.replace(/\/\/.*@/, "//...@");
  const refuse = (reason: string): never => {
    throw new LimnError("bad-option", `queue ${hidden}: ${reason}`);
  };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.host === "") {
    return refuse("give the address of a Redis server, such as redis://localhost:6379, or rediss:// for TLS");
  }
  if (address.includes("@") && url.username === "" && url.password === "") {
    return refuse("its password can't be read; write characters such as # and / in a password as %23 and %2F");
  }
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}
