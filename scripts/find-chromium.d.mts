/** The path of a Chromium or Chrome that starts, or undefined. LIMN_CHROMIUM, where it is set, is the only candidate. */
export function findChromium(): string | undefined;
