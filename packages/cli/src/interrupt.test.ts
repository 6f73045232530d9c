import { afterEach, expect, it, vi } from "vitest";
import { interruptible } from "./interrupt.js";

afterEach(() => vi.restoreAllMocks());

const SIGNAL = "SIGUSR2";

it("answers the first interruption at once, and leaves the second to the system", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const before = process.listenerCount(SIGNAL);
  const aborted = await interruptible(
    async (signal, finishes) => {
      signal.addEventListener("abort", () => finishes("24 pictures"));
      expect(process.listenerCount(SIGNAL)).toBe(before + 1);
      process.emit(SIGNAL);
      expect(write.mock.calls).toEqual([["limn: finishing 24 pictures; again to stop now\n"]]);
      expect(process.listenerCount(SIGNAL)).toBe(before);
      return signal.aborted;
    },
    [SIGNAL],
  );
  expect(aborted).toBe(true);
});

it("listens no longer than the work takes", async () => {
  const before = process.listenerCount(SIGNAL);
  await expect(interruptible(() => Promise.reject(new Error("no")), [SIGNAL])).rejects.toThrow("no");
  expect(process.listenerCount(SIGNAL)).toBe(before);
});
