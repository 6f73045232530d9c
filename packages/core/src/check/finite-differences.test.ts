import { describe, expect, it } from "vitest";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter, networks } from "../testing/networks.js";
import { checkGradient, LARGEST_DEVIATION } from "./finite-differences.js";

describe("checkGradient", () => {
  it.each(Object.entries(networks))("finds the gradient right by the image and every stage: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const checks = await checkGradient(classifier, runtime, noise(classifier.image.dims), 2);
    expect(checks.length).toBeGreaterThan(1);
    expect(checks[0]).toMatchObject({ tensor: "input", stage: undefined });
    for (const check of checks) expect(check.deviation, JSON.stringify(check)).toBeLessThan(LARGEST_DEVIATION);
  });

  it("takes models whose own tensors are called as its inputs are", async () => {
    const net = new NetworkWriter("names", [1, 3, 8, 8]);
    let x = net.image;
    for (const name of ["image", "target", "at", "step"]) {
      x = net.relu(name, net.conv(`${name}.conv`, x, [3, 3]));
      net.graph.rename(x, name);
    }
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [3, 2]));
    const [check] = await checkGradient(await classifierOf(bytes), runtime, noise([1, 3, 8, 8]), 1);
    expect(check?.deviation).toBeLessThan(LARGEST_DEVIATION);
  });
});
