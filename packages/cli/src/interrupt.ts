/** What shells expect of a program that an interrupt ended. */
export const INTERRUPTED = 130;

/**
 * Gives work a signal that the first Ctrl-C sets off; the second one ends the process at once.
 * @param signals other signals that do the same
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
