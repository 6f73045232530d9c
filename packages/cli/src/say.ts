/** How a run of the command line speaks on stderr. */
export interface Manner {
  /** No warnings and no progress: only results and errors. */
  readonly quiet: boolean;
  /** Details too, and stack traces of errors. */
  readonly verbose: boolean;
  readonly color: boolean;
}

const PLAIN: Manner = { quiet: false, verbose: false, color: false };

/** Of the run that is going on: stderr is one for the whole process. */
let manner = PLAIN;
const told = new Set<string>();
let statusShown = false;

/** Begins a run. What was told before may be told again. */
export function speak(how: Partial<Manner>): void {
  manner = { ...PLAIN, ...how };
  told.clear();
}

const COLORS = { red: 31, yellow: 33 } as const;

const painted = (text: string, color: keyof typeof COLORS): string =>
  manner.color ? `\u001b[${COLORS[color]}m${text}\u001b[39m` : text;

/** Prints one line on stderr, even if a file's name in it holds line breaks. */
export function say(message: string): void {
  line(message);
}

/** Says why a run ends without a result; with --verbose, and an error, from where in the program. */
export function sayError(message: string, error?: unknown): void {
  if (manner.verbose && error instanceof Error) {
    clearStatus();
    process.stderr.write(`limn: ${error.stack}\n`);
  } else {
    line(message, "red");
  }
}

/** Warns, of each thing once in a run, and of all that have the same problem in one line. */
export function warn(warnings: Iterable<string>): void {
  const fresh = [...new Set(warnings)].filter((warning) => !told.has(warning));
  for (const warning of fresh) told.add(warning);
  if (manner.quiet) return;
  for (const warning of grouped(fresh)) line(warning, undefined, `${painted("warning:", "yellow")} `);
}

/** Says what is of interest with --verbose only. */
export function detail(message: string): void {
  if (manner.verbose) line(message);
}

function line(message: string, color?: keyof typeof COLORS, mark = ""): void {
  clearStatus();
  const plain = message.replace(/\p{Cc}+/gu, " ");
  process.stderr.write(`${color ? painted("limn:", color) : "limn:"} ${mark}${plain}\n`);
}

/** "a: it fails" and "b: it fails" become "a, b: it fails". */
function grouped(warnings: readonly string[]): string[] {
  const subjects = new Map<string, string[]>();
  for (const warning of warnings) {
    const [, subject, problem = warning] = /^([^\s:]+): (.*)$/s.exec(warning) ?? [];
    subjects.set(problem, [...(subjects.get(problem) ?? []), ...(subject ? [subject] : [])]);
  }
  return [...subjects].map(([problem, of]) => (of.length > 0 ? `${of.join(", ")}: ${problem}` : problem));
}

/** Shows a line that the next one replaces, if somebody watches a terminal. */
export function showStatus(text: string): void {
  if (!isWatched()) return;
  statusShown = true;
  process.stderr.write(`\r\u001b[K${text}`);
}

export function clearStatus(): void {
  if (statusShown) process.stderr.write("\r\u001b[K");
  statusShown = false;
}

export const isWatched = (): boolean => process.stderr.isTTY === true && !manner.quiet;
