import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { classifierOf } from "../../testing/explaining.js";

it("says what became of names that are parts now", async () => {
  const bytes = readFileSync(new URL("../../../../../fixtures/attention/golden/vit.onnx", import.meta.url));
  const classifier = await classifierOf(new Uint8Array(bytes));
  const { graph } = classifier.model;
  const reasons = [...graph.dissolved].filter(([name]) => !graph.names.has(name)).map(([, reason]) => reason);
  expect(reasons).toContainEqual(expect.stringMatching(/^it is a part of an activation/));
});
