import { say } from "./say.js";

/** The exit code that shells expect of a program that was interrupted. */
export const INTERRUPTED = 130;

/**
 * Runs work with an AbortSignal that the first Ctrl-C aborts, which is answered at once; a second Ctrl-C ends the process.
 * @param work may say what it still finishes, such as "24 pictures", when the signal aborts
 * @param signals the process's signals that do so
 */
export async function interruptible<T>(
  work: (signal: AbortSignal, finishes: (what: string) => void) => Promise<T>,
  signals: readonly NodeJS.Signals[] = ["SIGINT"],
): Promise<T> {
  const stop = new AbortController();
  let finished = "what was begun";
  const finishes = (what: string) => {
    finished = what;
  };
  const restore = () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  const interrupt = () => {
    restore();
    stop.abort();
    say(`finishing ${finished}; again to stop now`);
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(stop.signal, finishes);
  } finally {
    restore();
  }
}
