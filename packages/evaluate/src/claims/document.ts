import type { Figure } from "./figure.js";
import type { Verdict } from "./verdict.js";

/** What became of claims, as plain data: the one JSON document. */
export interface ClaimsDocument {
  readonly limn: string;
  /** How verdicts are reached. */
  readonly rule: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the work was interrupted: then claims are missing. */
  readonly interrupted: boolean;
  readonly claims: readonly {
    readonly number: number;
    readonly statement: string;
    readonly source: string;
    readonly experiment: string;
  }[];
  readonly models: readonly TestedModel[];
}

export interface TestedModel {
  readonly name: string;
  readonly sha256: string;
  readonly warnings: readonly string[];
  /** By the claims' numbers, rising. */
  readonly results: readonly ClaimResult[];
}

/** A claim on one model and its pictures. */
export interface ClaimResult {
  /** Its number. */
  readonly claim: number;
  /** The pictures, in words. */
  readonly data: string;
  readonly verdict: Verdict;
  /** Why nothing can be said, where it isn't the figures that say so. */
  readonly reason?: string;
  readonly figures: readonly JudgedFigure[];
}

export interface JudgedFigure extends Figure {
  /** Undefined where the claim is not judged by it. */
  readonly verdict?: Verdict;
}
