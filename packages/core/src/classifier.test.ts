import { describe, expect, it } from "vitest";
import { classifierOf, explainOnce, noise, runtime } from "./testing/explaining.js";
import { networks } from "./testing/networks.js";

describe("loadClassifier", () => {
  it.each(Object.entries(networks))("%s", async (name, make) => {
    const classifier = await classifierOf(make());
    console.log(name, classifier.image.dims, classifier.logits.dims, classifier.scoreFunction);
    for (const method of ["saliency", "guided-backprop", "cam", "grad-cam"]) {
      try {
      const r = await explainOnce(classifier, [{ method }], noise(classifier.image.dims));
      console.log(r[0]?.target, r[0]?.logits, r[0]?.maps.map((m) => [m.request.output, m.shape, m.values.slice(0, 3)]));
      } catch (e) { console.log(method, String(e)); }
    }
  });
});
