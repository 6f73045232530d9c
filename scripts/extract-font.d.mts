export const WEIGHTS: readonly number[];
export function extractFont(weight: number): string;
