import { readFileSync } from "node:fs";

interface Golden {
  readonly signedRank: {
    readonly name: string;
    readonly differences: number[];
    readonly n: number;
    readonly positiveRanks: number;
    readonly p: number;
    readonly exact: boolean;
  }[];
  readonly upperTail: [z: number, tail: number][];
  readonly quantiles: { readonly values: number[]; readonly quartiles: number[] }[];
}

/** What scipy and numpy make of small samples; see fixtures/statistics/make.py. */
export const golden = JSON.parse(
  readFileSync(new URL("../../../../fixtures/statistics/golden.json", import.meta.url), "utf8"),
) as Golden;
