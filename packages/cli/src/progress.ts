/** What takes less than this needs no word. */
const PATIENCE_MS = 1000;

/** One line on stderr that says what is going on, for people who wait at a terminal. */
export class Progress {
  readonly #started = performance.now();
  readonly #visible = process.stderr.isTTY === true;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  show(message: string): void {
    if (!this.#visible) return;
    this.clear();
    const wait = Math.max(0, PATIENCE_MS - (performance.now() - this.#started));
    const write = () => {
      this.#shown = true;
      process.stderr.write(`\r\u001b[K${message.slice(0, (process.stderr.columns || 80) - 1)}`);
    };
    if (wait === 0) write();
    else this.#timer = setTimeout(write, wait).unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    if (this.#shown) process.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}
