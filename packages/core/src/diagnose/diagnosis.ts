/** Why a map shows nothing, for the person who looks at it. */
export interface Diagnosis {
  /** What is wrong with the map. `negative`: all of it speaks against the class, and the method keeps only what speaks for it. */
  readonly symptom: "not-a-number" | "all-zero" | "constant" | "negative";
  /** The tensor where it starts, by its name in the user's file; undefined if none was found. */
  readonly tensor: string | undefined;
  /** What happened, and what to try: one or two sentences. */
  readonly message: string;
}

/** What is wrong with a map at first sight; undefined if it shows something. */
export function symptomOf(values: Float32Array): Diagnosis["symptom"] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v)) return "not-a-number";
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low === 0 && high === 0) return "all-zero";
  return low === high && values.length > 1 ? "constant" : undefined;
}
