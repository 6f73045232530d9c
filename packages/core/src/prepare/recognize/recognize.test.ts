import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { findLayer } from "../../layers.js";
import { classifierOf } from "../../testing/explaining.js";

it("says what became of names that are parts now", async () => {
  const bytes = readFileSync(new URL("../../../../../fixtures/attention/golden/vit.onnx", import.meta.url));
  const classifier = await classifierOf(new Uint8Array(bytes));
  const { graph } = classifier.model;
  const parts = [...graph.dissolved.keys()];
  expect(parts.some((name) => /erf|val_/i.test(name))).toBe(true);
  const [erf = ""] = parts.filter((name) => graph.dissolved.get(name)?.startsWith("it is a part of an activation"));
  expect(() => findLayer(classifier, erf)).toThrow(/is a part of an activation.*limn layers/);
});
