/** The exit code that shells expect of a program that was interrupted. */
export const INTERRUPTED = 130;

/**
 * Runs work with an AbortSignal that the first Ctrl-C aborts; a second Ctrl-C ends the process at once.
 * @param signals the process's signals that do so
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signals: readonly NodeJS.Signals[] = ["SIGINT"],
): Promise<T> {
  const stop = new AbortController();
  const restore = () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  const interrupt = () => {
    restore();
    stop.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(stop.signal);
  } finally {
    restore();
  }
}
