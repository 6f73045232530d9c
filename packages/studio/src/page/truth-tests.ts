/** The ways to test whether a map is true, as addresses have them. */
export const TRUTH_TESTS = ["brush", "order", "sanity"] as const;
export type TruthTest = (typeof TRUTH_TESTS)[number];
