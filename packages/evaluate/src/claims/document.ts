import type { Conclusion } from "../conclusion.js";
import type { Figure } from "./figure.js";
import type { Verdict } from "./verdict.js";

/** The verdicts on claims, as plain data: what `limn claims --json` prints. */
export interface ClaimsDocument {
  readonly limn: string;
  /** Which claims hold, in words. */
  readonly conclusion: Conclusion;
  /** How verdicts are reached. */
  readonly rule: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the work was interrupted; then claims are missing. */
  readonly interrupted: boolean;
  readonly claims: readonly {
    readonly number: number;
    readonly statement: string;
    readonly source: string;
    readonly experiment: string;
  }[];
  readonly models: readonly TestedModel[];
}

/** A model, and the verdicts on it. */
export interface TestedModel {
  readonly name: string;
  readonly sha256: string;
  readonly warnings: readonly string[];
  /** In the order of the claims' numbers. */
  readonly results: readonly ClaimResult[];
}

/** The verdict on a claim for one model and its pictures. */
export interface ClaimResult {
  /** The claim's number. */
  readonly claim: number;
  /** The pictures, in words. */
  readonly data: string;
  readonly verdict: Verdict;
  /** Why nothing can be said, if there is another reason than the figures. */
  readonly reason?: string;
  readonly figures: readonly JudgedFigure[];
}

/** A figure, and whether it agrees with the claim. */
export interface JudgedFigure extends Figure {
  /** Undefined if the claim is not judged by it. */
  readonly verdict?: Verdict;
}
