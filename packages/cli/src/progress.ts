/** One line on stderr that says what is going on, for people who wait at a terminal. */
export class Progress {
  readonly #visible = process.stderr.isTTY === true;
  #shown = false;

  /** At once: ONNX Runtime blocks the thread, and with it any timer. */
  show(message: string): void {
    if (!this.#visible) return;
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${message.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}
