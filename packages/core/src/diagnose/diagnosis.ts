/** Why a map shows nothing, in words for the person who looks at it. */
export interface Diagnosis {
  /** What is wrong with the map; `negative` is what speaks against the class where the method keeps only what speaks for it. */
  readonly symptom: "not-a-number" | "all-zero" | "constant" | "negative";
  /** The tensor where it starts, by the name in the user's file, where one was found. */
  readonly tensor: string | undefined;
  /** What happened, and what to try: one or two sentences. */
  readonly message: string;
}

/** What is wrong with a map at first sight, or undefined where it shows something. */
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
