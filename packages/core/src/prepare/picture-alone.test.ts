import { describe, expect, it } from "vitest";
import { loadClassifier } from "../classifier.js";
import { runtime, sourceOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

/** Encoders of images and of texts in one file, as exporters write CLIP: their embeddings, and the products of these. */
function both(): Uint8Array {
  const net = new NetworkWriter("both", [1, 3, 8, 8]);
  const tokens = net.graph.addInput("tokens", "float32", [2, 6]);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  const ofImage = net.dense("image", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]);
  const ofTexts = net.dense("texts", tokens, [6, 5]);
  const turned = net.node("Transpose", "turn", [ofTexts], { perm: [1, 0] });
  return net.bytes(net.node("MatMul", "products", [ofImage, turned]), ofTexts, ofImage);
}

const embeddings = [
  [1, 2, 0, -1, 3],
  [-2, 1, 1, 0, 0.5],
];
const load = (options = {}) => loadClassifier(sourceOf(both()), runtime, options);

describe("a model with several inputs", () => {
  it("is explained by what it computes from the picture alone, for classes of texts or an output that is named", async () => {
    const warning = 'the model has 2 inputs; explaining what it computes from "input" alone, without "tokens"';
    const classifier = await load({ classes: { embeddings } });
    expect(classifier.model.graph.inputs.map(({ name }) => name)).toEqual(["input"]);
    expect([classifier.found.output, classifier.classes, classifier.warnings]).toEqual(["image_out", 2, [warning]]);
    const named = await load({ output: "image_out" });
    expect([named.classes, named.warnings]).toEqual([5, [warning]]);
  });

  it("is refused where the output needs the others, or none was meant", async () => {
    const refusal = /^the model has 2 inputs \("input", "tokens"\), .* name an output that needs only the image/;
    await expect(load({ output: "products_out" })).rejects.toThrow(refusal);
    await expect(load()).rejects.toThrow(refusal);
  });
});

it("warns of an output that is called an embedding, if no texts are given", async () => {
  const net = new NetworkWriter("encoder", [1, 3, 8, 8]);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  const bytes = net.bytes(net.dense("image_embeds", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
  const { warnings } = await loadClassifier(sourceOf(bytes), runtime);
  expect(warnings).toEqual([
    expect.stringMatching(/^the output "image_embeds_out" looks like an embedding .* --classes/),
  ]);
  expect((await loadClassifier(sourceOf(bytes), runtime, { classes: { embeddings } })).warnings).toEqual([]);
});
