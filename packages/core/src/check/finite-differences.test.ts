import { describe, expect, it } from "vitest";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { networks } from "../testing/networks.js";
import { checkGradient, LARGEST_DEVIATION } from "./finite-differences.js";

describe("checkGradient", () => {
  it.each(Object.entries(networks))("finds the gradient right by the image and every stage: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const checks = await checkGradient(classifier, runtime, noise(classifier.image.dims), 2);
    expect(checks.length).toBeGreaterThan(1);
    expect(checks[0]).toMatchObject({ tensor: "input", stage: undefined });
    for (const check of checks) expect(check.deviation, JSON.stringify(check)).toBeLessThan(LARGEST_DEVIATION);
  });
});
