import type { Locator } from "playwright-core";
import { expect } from "vitest";

/**
 * Expects of a page what a person would: to see it soon, not at the moment at which a click returns.
 * @param read what is seen, read again until it is as expected
 */
export const seen = <T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 60_000, interval: 20 });

/** What is written there, with single spaces. */
export const text = async (place: Locator): Promise<string> =>
  ((await place.textContent()) ?? "").replace(/\s+/g, " ").trim();
