/** The time between two drawings of a bar. */
const FRAME_MS = 100;

/** One line on stderr that says what is going on, if it is a terminal. */
export class Progress {
  readonly #visible = process.stderr.isTTY === true;
  #shown = false;
  #bar = { label: "", start: 0, first: 0, drawn: 0 };

  /** Shows a message at once: a timer would not work, since ONNX Runtime blocks the thread. */
  show(message: string): void {
    if (!this.#visible) return;
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${message.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  /**
   * Shows how far a task is. It may be called any number of times.
   * @param done how much is done, including what earlier runs have done
   * @param total undefined if it isn't known
   * @param unit what is counted: "bytes" are shown as kB to GB
   */
  bar(label: string, done: number, total: number | undefined, unit: string): void {
    const now = performance.now();
    if (label !== this.#bar.label || done < this.#bar.first) {
      this.#bar = { label, start: now, first: done, drawn: Number.NEGATIVE_INFINITY };
    }
    if (now - this.#bar.drawn < FRAME_MS && done !== total) return;
    this.#bar.drawn = now;
    const seconds = (now - this.#bar.start) / 1000;
    this.show(barLine({ label, done, total, unit, rate: (done - this.#bar.first) / seconds }));
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}

export interface BarState {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
  /** Units a second; not finite or 0 if it isn't known yet. */
  readonly rate: number;
}

const CELLS = 20;

/** A bar as text, such as `scenes  [=====     ]  25 %  50 of 200 scenes  60 scenes/s  3 s left`. */
export function barLine({ label, done, total, unit, rate }: BarState): string {
  const amounts = total === undefined ? amount(done, unit) : `${amount(done, unit, total)} of ${amount(total, unit)}`;
  const known = rate > 0 && Number.isFinite(rate);
  const parts = [label];
  if (total !== undefined) {
    const share = total > 0 ? Math.min(done / total, 1) : 1;
    const filled = Math.floor(share * CELLS);
    parts.push(`[${"=".repeat(filled)}${" ".repeat(CELLS - filled)}]  ${Math.floor(100 * share)} %`);
  }
  parts.push(amounts);
  if (known) parts.push(`${amount(rate, unit)}/s`);
  if (known && total !== undefined && done < total) parts.push(`${duration((total - done) / rate)} left`);
  return parts.join("  ");
}

const SCALES = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** An amount of something, bytes as kB to GB. @param like a larger amount that is written next to this one, with the unit of both */
export function amount(count: number, unit: string, like?: number): string {
  if (unit !== "bytes") return like === undefined ? `${rounded(count)} ${unit}` : rounded(count);
  const [scale, name] = SCALES.find(([size]) => (like ?? count) >= size) ?? [1, "bytes"];
  return like === undefined ? `${rounded(count / scale)} ${name}` : rounded(count / scale);
}

const rounded = (value: number): string => (value < 10 ? `${Math.round(value * 10) / 10}` : `${Math.round(value)}`);

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
