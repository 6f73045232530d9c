import { describe, expect, it } from "vitest";
import { Explainer } from "../explainer.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { residual } from "../testing/networks.js";
import { compile } from "./compile.js";

describe("several classes of one picture in one run", () => {
  it("gives what as many runs give, with one forward pass", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const requests = [
      { method: "saliency" },
      { method: "cam" },
      { method: "grad-cam", layer: "stage2" },
      { method: "lrp" },
    ];
    const one = compile(classifier, requests);
    const three = compile(classifier, requests, { targets: 3 });
    expect(three.rows).toBe(3);
    expect(three.maps[0]?.shape[0]).toBe(3);
    const counted = (compiled: typeof one) =>
      compiled.model.graph.nodes.filter(({ opType }) => opType === "Conv").length;
    expect(counted(three)).toBeLessThan(3 * counted(one));

    const [alone, together] = [await Explainer.create(one, runtime), await Explainer.create(three, runtime)];
    const targets = [4, -1, 0];
    const all = await together.explain(image, targets);
    for (const [k, target] of targets.entries()) {
      const [single] = await alone.explain(image, [target]);
      expect(all[k]?.target).toBe(single?.target);
      expect(all[k]?.probabilities).toEqual(single?.probabilities);
      single?.maps.forEach(({ values }, i) => {
        const largest = Math.max(...values.map(Math.abs));
        all[k]?.maps[i]?.values.forEach((v, j) => {
          expect(Math.abs(v - (values[j] as number))).toBeLessThan(1e-5 * largest);
        });
      });
    }
    await expect(together.explain(image, [0, 1, 2, 3])).rejects.toThrow(/4 targets for a graph of 3/);
    await Promise.all([alone, together].map((explainer) => explainer.release()));
  });

  it("refuses what there can be only one of", async () => {
    const classifier = await classifierOf(residual());
    const grad = [{ method: "grad-cam" }];
    expect(() => compile(classifier, [{ method: "rise" }], { targets: 2 })).toThrow(/rise: it takes many runs/);
    expect(() => compile(classifier, grad, { targets: 2, combination: { kind: "rest", of: 1 } })).toThrow(/targets 2/);
    expect(() => compile(classifier, grad, { targets: 0 })).toThrow(/targets 0/);
  });
});
