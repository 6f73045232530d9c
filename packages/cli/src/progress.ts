import { clearStatus, isWatched, showStatus } from "./say.js";

/** The time between two drawings of a bar. */
const FRAME_MS = 100;

/** Columns of a terminal that does not say how many it has. */
const COLUMNS = 80;

/** One line on stderr that says what is going on, if it is a terminal. */
export class Progress {
  #bar = { label: "", start: 0, first: 0, drawn: 0 };

  /** Shows a message at once: a timer would not work, since ONNX Runtime blocks the thread. */
  show(message: string): void {
    showStatus(shortened(message, columns()));
  }

  /**
   * Shows how far a task is. It may be called any number of times.
   * @param done how much is done, including what earlier runs have done
   * @param total undefined if it isn't known
   * @param unit what is counted: "bytes" are shown as kB to GB
   */
  bar(label: string, done: number, total: number | undefined, unit: string): void {
    const now = performance.now();
    if (!isWatched()) return;
    if (label !== this.#bar.label || done < this.#bar.first) {
      this.#bar = { label, start: now, first: done, drawn: Number.NEGATIVE_INFINITY };
    }
    if (now - this.#bar.drawn < FRAME_MS && done !== total) return;
    this.#bar.drawn = now;
    const seconds = (now - this.#bar.start) / 1000;
    showStatus(barLine({ label, done, total, unit, rate: (done - this.#bar.first) / seconds }, columns()));
  }

  clear(): void {
    clearStatus();
  }
}

/** A line that reaches the last column would make some terminals begin another. */
const columns = (): number => (process.stderr.columns || COLUMNS) - 1;

export interface BarState {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
  /** Units a second; not finite or 0 if it isn't known yet. */
  readonly rate: number;
}

const CELLS = 20;

/**
 * A bar as text, such as `3 s left  drawing  [=====               ]  25 %  50 of 200 scenes  60 scenes/s`. What tells least
 * is left out if the columns are too few, and the label is shortened last.
 */
export function barLine({ label, done, total, unit, rate }: BarState, columns: number): string {
  const isKnown = rate > 0 && Number.isFinite(rate);
  const speed = isKnown ? `${amount(rate, unit)}/s` : "";
  if (total === undefined)
    return fitted(
      [
        [label, amount(done, unit), speed],
        [label, amount(done, unit)],
      ],
      label,
      columns,
    );
  const left = isKnown && done < total ? `${duration((total - done) / rate)} left` : "";
  const share = total > 0 ? Math.min(done / total, 1) : 1;
  const filled = Math.floor(share * CELLS);
  const bar = `[${"=".repeat(filled)}${" ".repeat(CELLS - filled)}]`;
  const percent = `${Math.floor(100 * share)} %`;
  const amounts = `${amount(done, unit, total)} of ${amount(total, unit)}`;
  const forms = [
    [left, label, bar, percent, amounts, speed],
    [left, label, bar, percent, amounts],
    [left, label, percent, amounts],
    [left, label, percent],
  ];
  return fitted(forms, label, columns);
}

const joined = (parts: readonly string[]): string => parts.filter(Boolean).join("  ");

/** The first form that fits, else the last one with a shorter label. */
function fitted(forms: readonly (readonly string[])[], label: string, columns: number): string {
  const fits = forms.map(joined).find((line) => line.length <= columns);
  if (fits !== undefined) return fits;
  const last = forms.at(-1) as readonly string[];
  const room = columns - (joined(last).length - label.length);
  return shortened(joined(last.map((part) => (part === label ? shortened(label, room) : part))), columns);
}

/** Text without its middle: names begin with what is done, and end with a file. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const kept = Math.max(width - 3, 0);
  return `${text.slice(0, Math.ceil(kept / 2))}...${text.slice(text.length - Math.floor(kept / 2))}`.slice(0, width);
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
